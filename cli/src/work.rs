//! `jobcast work`: takes jobs from the queue and runs a command for each.
//! Invariant: a payload never becomes part of a command line. It is a file, whose path `{payload}` stands for; the
//! command is split into words once, before there is a payload, and no shell reads them.

mod hand;

use crate::arguments::Work;
use crate::attempt::Job;
use crate::backoff::{backoff, chance};
use crate::progress::Parser;
use crate::say::say;
use crate::service::{Call, Service};
use crate::signals;
use crate::trouble::Trouble;
use hand::Hand;
use jobcast::limits;
use serde_json::json;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

const BREATH: Duration = Duration::from_secs(1);
/// A question that is open when a signal comes is waited for, so it is shorter than the service would allow.
const POLL_SECONDS: u64 = 5;

/// What the loop waits for.
enum Turn {
    Polled(Result<Vec<Job>, Trouble>),
    Done(usize),
    Signal(i32),
}

struct Loop {
    hand: Arc<Hand>,
    concurrency: usize,
    /// Jobs that may still be taken.
    left: usize,
    /// In hand, by number; each listens for signals.
    running: Vec<(usize, Sender<i32>)>,
    taken: usize,
    polling: bool,
    /// A poll that was not answered: sent again under its key, it is given what it was given.
    unanswered: Option<Call>,
    stopping: bool,
    /// Asked twice: not even a poll is waited for.
    impatient: bool,
    failures: u32,
}

pub fn work(work: &Work, service: &Service, json: bool) -> Result<u8, Trouble> {
    let words = shlex::split(&work.exec).filter(|words| !words.is_empty());
    let words =
        words.ok_or_else(|| Trouble::Usage("--exec: a quote is not closed, or there is no command.".to_owned()))?;
    // What is typed wrongly is said before a job is taken.
    Parser::choose(&work.reporting.progress, &words)?;
    let (tell, turns) = channel();
    let signalled = tell.clone();
    signals::listen(move |signal| drop(signalled.send(Turn::Signal(signal))))?;
    let names = work.name.clone();
    let hand = Arc::new(Hand { words, reporting: work.reporting.clone(), service: service.clone(), json });
    let state = Loop {
        hand,
        concurrency: usize::from(work.concurrency),
        left: work.max_jobs.unwrap_or(usize::MAX),
        running: vec![],
        taken: 0,
        polling: false,
        unanswered: None,
        stopping: false,
        impatient: false,
        failures: 0,
    };
    say(&format!("Waiting for jobs named {}.", names.join(", ")));
    state.run(&names, &tell, &turns)?;
    Ok(0)
}

impl Loop {
    fn run(mut self, names: &[String], tell: &Sender<Turn>, turns: &Receiver<Turn>) -> Result<(), Trouble> {
        let mut pause = None;
        loop {
            let free = self.concurrency.saturating_sub(self.running.len()).min(self.left);
            if !self.stopping && !self.polling && free > 0 && pause.is_none() {
                self.poll(free, names, tell.clone());
            }
            // A poll that is under way may still bring a job, which would then wait for its delivery time-out.
            let polling = self.polling && !self.impatient;
            if self.running.is_empty() && !polling && (self.stopping || self.left == 0) {
                return Ok(());
            }
            match turns.recv_timeout(pause.take().unwrap_or(Duration::MAX)) {
                Ok(Turn::Polled(polled)) => pause = self.polled(polled, tell)?,
                Ok(Turn::Done(number)) => self.running.retain(|(running, _)| *running != number),
                Ok(Turn::Signal(signal)) => self.signalled(signal),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
        }
    }

    fn poll(&mut self, count: usize, names: &[String], tell: Sender<Turn>) {
        self.polling = true;
        let call = self.unanswered.take().unwrap_or_else(|| {
            let count = count.min(limits::POLL_COUNT as usize);
            Call::post("/api/v1/jobs/poll", &json!({ "count": count, "names": names, "waitSeconds": POLL_SECONDS }))
        });
        self.unanswered = Some(call.clone());
        let service = self.hand.service.clone();
        std::thread::spawn(move || {
            let answer = service.call(&call);
            let jobs = answer.map(|answer| answer["jobs"].as_array().into_iter().flatten().map(Job::of).collect());
            let _ = tell.send(Turn::Polled(jobs));
        });
    }

    /// How long to wait before the next poll, if one failed.
    fn polled(&mut self, polled: Result<Vec<Job>, Trouble>, tell: &Sender<Turn>) -> Result<Option<Duration>, Trouble> {
        self.polling = false;
        match polled {
            Ok(jobs) => {
                (self.failures, self.unanswered) = (0, None);
                jobs.into_iter().for_each(|job| self.take(job, tell.clone()));
                Ok(None)
            }
            Err(Trouble::Away { why, retry_after }) => {
                if self.failures == 0 {
                    say(&format!("{why} Trying again."));
                }
                self.failures += 1;
                Ok(Some(backoff(BREATH, self.failures - 1, retry_after, chance())))
            }
            // Nothing that is in hand is dropped for it.
            Err(trouble) if !self.running.is_empty() => {
                say(&format!("{trouble} No more jobs are taken."));
                self.stopping = true;
                Ok(None)
            }
            Err(trouble) => Err(trouble),
        }
    }

    fn take(&mut self, job: Job, tell: Sender<Turn>) {
        let (number, (signal, signals)) = (self.taken, channel());
        self.running.push((number, signal));
        self.taken += 1;
        self.left = self.left.saturating_sub(1);
        let hand = self.hand.clone();
        std::thread::spawn(move || {
            hand.handle(&job, signals);
            let _ = tell.send(Turn::Done(number));
        });
    }

    /// The first lets what is in hand end, the second stops it.
    fn signalled(&mut self, signal: i32) {
        if self.stopping {
            self.impatient = true;
            // One that has just ended needs no signal.
            self.running.iter().for_each(|(_, job)| job.send(signal).unwrap_or_default());
            return;
        }
        self.stopping = true;
        let count = self.running.len();
        say(&format!("{}: no more jobs are taken; {count} in hand. Again stops them.", signals::name(signal)));
    }
}
