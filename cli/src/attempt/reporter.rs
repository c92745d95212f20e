//! Tells the service what is in the outbox, on a thread of its own, so that a service that is away stops nothing.
//! Invariant: reports arrive in the order in which they were made and once; what did not arrive is counted.

use super::opening::{Job, Opening};
use super::outbox::{Outbox, Outcome, Round};
use crate::backoff::{backoff, chance};
use crate::service::{Call, Service, encode};
use crate::trouble::{Refusal, Trouble};
use flate2::{Compression, write::GzEncoder};
use serde_json::json;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Live to the eye.
const BEAT: Duration = Duration::from_millis(250);
/// How long a silent command may go on before it learns of a kill.
const KEEPALIVE: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// What the command's overseer must know.
#[derive(Debug)]
pub enum Notice {
    /// It is ours from here on.
    Began(Job),
    /// The attempt is over though the command is not.
    Over(Refusal),
    /// The service will not hear of it: a key that was revoked, say.
    Refused(Refusal),
    Away(String),
    Back,
}

/// How it was told in the end.
#[derive(Debug)]
pub struct Account {
    pub job: Option<Job>,
    pub fate: Fate,
}

#[derive(Debug, PartialEq)]
pub enum Fate {
    Told,
    Refused(Box<Refusal>),
    /// The service stayed away.
    Lost(String),
}

pub struct Reporter {
    service: Service,
    opening: Opening,
    outbox: Arc<Outbox>,
    notice: Box<dyn Fn(Notice) + Send>,
    last_report: Instant,
    away: bool,
    /// What ended the attempt before the command did.
    over: Option<Box<Refusal>>,
}

impl Reporter {
    pub fn new(
        service: Service,
        opening: Opening,
        outbox: Arc<Outbox>,
        notice: impl Fn(Notice) + Send + 'static,
    ) -> Reporter {
        let notice = Box::new(notice);
        Reporter { service, opening, outbox, notice, last_report: Instant::now(), away: false, over: None }
    }

    /// `job` if it was acked already. `done` is called at the end of everything.
    pub fn start(mut self, job: Option<Job>, done: impl FnOnce(Account) + Send + 'static) {
        std::thread::spawn(move || {
            done(match job.map_or_else(|| self.open(), Ok) {
                Ok(job) => self.tell_all(job),
                Err(fate) => self.account(None, fate),
            });
        });
    }

    fn open(&mut self) -> Result<Job, Fate> {
        let job = self.patiently(|reporter| reporter.opening.attempt(&reporter.service))?;
        self.last_report = Instant::now();
        (self.notice)(Notice::Began(job.clone()));
        Ok(job)
    }

    fn tell_all(&mut self, job: Job) -> Account {
        let keepalive = KEEPALIVE.min(job.timeout / 3);
        let mut beat = Instant::now();
        loop {
            let round = self.outbox.round(beat, self.last_report + keepalive);
            beat = Instant::now() + BEAT;
            match self.tell(&job, round) {
                Ok(false) => {}
                Ok(true) => return self.account(Some(job), Fate::Told),
                Err(fate) => return self.account(Some(job), fate),
            }
        }
    }

    /// Whether it was the last.
    fn tell(&mut self, job: &Job, round: Round) -> Result<bool, Fate> {
        if round.is_empty() {
            return self.report(job.post("keepalive", &json!({}))).map(|()| false);
        }
        if !round.lines.is_empty() {
            self.lines(job, &round.lines)?;
        }
        for (stage, report) in &round.stages {
            self.report(job.post(&format!("stages/{}", encode(stage)), report))?;
        }
        if let Some(reading) = &round.progress {
            let percent = (reading.percent * 10.0).round() / 10.0;
            self.report(job.post("progress", &json!({ "percent": percent, "message": reading.message })))?;
        }
        let Some(outcome) = &round.outcome else { return Ok(false) };
        self.report(last(job, outcome))?;
        self.over.clone().map_or(Ok(true), |refusal| Err(Fate::Refused(refusal)))
    }

    /// The service takes lines in any state, and files those of an attempt that is over under it. They do not move the
    /// deadline.
    fn lines(&mut self, job: &Job, lines: &[String]) -> Result<(), Fate> {
        let call = Call::post_bytes(job.path("logs"), gzip(&lines.join("\n")), "application/x-ndjson");
        let call = call.with("content-encoding", "gzip").with("x-job-attempt", job.attempt);
        self.post(&call).inspect_err(|_| self.outbox.lose(lines.len()))
    }

    /// Anything but lines. Once the attempt is over there is nothing more to say of it.
    fn report(&mut self, call: Call) -> Result<(), Fate> {
        self.last_report = Instant::now();
        if self.over.is_some() {
            return Ok(());
        }
        self.post(&call).inspect(|()| self.last_report = Instant::now())
    }

    fn post(&mut self, call: &Call) -> Result<(), Fate> {
        match self.patiently(|reporter| reporter.service.call(call).map(drop)) {
            Err(Fate::Refused(refusal)) if refusal.ends_the_attempt() => {
                if self.over.is_none() {
                    (self.notice)(Notice::Over((*refusal).clone()));
                    self.over = Some(refusal);
                }
                Ok(())
            }
            other => other,
        }
    }

    /// Until the service answers, however long it is away, unless the command has ended and its patience with it.
    fn patiently<Answer>(
        &mut self,
        mut once: impl FnMut(&mut Reporter) -> Result<Answer, Trouble>,
    ) -> Result<Answer, Fate> {
        for failures in 0.. {
            match once(self) {
                Ok(answer) => {
                    self.reached();
                    return Ok(answer);
                }
                Err(Trouble::Away { why, retry_after }) => {
                    self.missed(&why);
                    if self.outbox.is_late() {
                        return Err(Fate::Lost(why));
                    }
                    self.outbox.pause(backoff(FIRST_PAUSE, failures, retry_after, chance()));
                }
                Err(Trouble::Refused(refusal)) => {
                    self.reached();
                    return Err(Fate::Refused(refusal));
                }
                Err(Trouble::Usage(why) | Trouble::Local(why)) => return Err(Fate::Lost(why)),
            }
        }
        unreachable!("the tries are not counted to an end")
    }

    fn reached(&mut self) {
        if std::mem::take(&mut self.away) {
            (self.notice)(Notice::Back);
        }
    }

    fn missed(&mut self, why: &str) {
        if !std::mem::replace(&mut self.away, true) {
            (self.notice)(Notice::Away(why.to_owned()));
        }
    }

    fn account(&mut self, job: Option<Job>, fate: Fate) -> Account {
        if let Fate::Refused(refusal) = &fate
            && self.over.is_none()
        {
            (self.notice)(Notice::Refused((**refusal).clone()));
        }
        Account { job, fate }
    }
}

fn last(job: &Job, outcome: &Outcome) -> Call {
    match outcome {
        Outcome::Completed { result } => job.post("complete", &json!({ "result": result })),
        Outcome::Failed { error, code } => job.post("fail", &json!({ "error": error, "code": code })),
    }
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(vec![], Compression::fast());
    // Writing to memory does not fail.
    encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default()
}
