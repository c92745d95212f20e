//! One job in hand: its command, with the payload as a file, and how it ended.

use crate::arguments::Reporting;
use crate::attempt::{Account, Fate, Job, Notice, Opening, Outbox, Outcome, Reporter};
use crate::child::{Echo, Happening, Redraws, Running, Task};
use crate::overseer::{Overseer, StopsFor};
use crate::progress::Parser;
use crate::run::{close, last_account, outcome, tell_the_end};
use crate::say::{self, say};
use crate::service::Service;
use crate::stages::Stages;
use crate::trouble::Trouble;
use serde_json::{Value, json};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;
use tempfile::TempDir;

const INBOX: usize = 1_024;
/// A result larger than a body is no result.
const RESULT: u64 = jobcast::limits::JSON_BODY as u64 - 1_024;

pub struct Hand {
    pub words: Vec<String>,
    pub reporting: Reporting,
    pub service: Service,
    pub json: bool,
}

impl Hand {
    pub fn handle(&self, delivered: &Job, signals: Receiver<i32>) {
        let mut opening = Opening::delivered(delivered);
        let job = match opening.attempt(&self.service) {
            Ok(job) => job,
            // It goes back to the queue by itself, or another has it.
            Err(trouble) => return self.told(delivered, "not_begun", Some(&trouble.to_string())),
        };
        self.told(&job, "started", None);
        let outcome = self
            .attempt(&job, opening, signals)
            .unwrap_or_else(|trouble| Outcome::Failed { error: trouble.to_string(), code: "not_started".to_owned() });
        match &outcome {
            Outcome::Completed { .. } => self.told(&job, "completed", None),
            Outcome::Failed { error, .. } => self.told(&job, "failed", Some(error)),
        }
    }

    /// How the command ended. Whatever happens to it, the service is told.
    fn attempt(&self, job: &Job, opening: Opening, signals: Receiver<i32>) -> Result<Outcome, Trouble> {
        let (tell, inbox) = sync_channel(INBOX);
        let outbox = Arc::new(Outbox::default());
        self.report(job, opening, &outbox, &tell);
        let forward = tell.clone();
        std::thread::spawn(move || signals.iter().for_each(|signal| drop(forward.send(Happening::Signal(signal)))));
        let (outcome, account) = match self.run(job, &outbox, &tell, &inbox) {
            Ok(ended) => ended,
            Err(trouble) => (Outcome::Failed { error: trouble.to_string(), code: "not_started".to_owned() }, None),
        };
        outbox.finish(outcome.clone(), Duration::from_secs(self.reporting.patience));
        let account = account.unwrap_or_else(|| last_account(&outbox, &inbox, Some(job.clone())));
        tell_the_end(&account, &outcome, outbox.lost());
        Ok(match account.fate {
            Fate::Refused(refusal) => Outcome::Failed { error: refusal.to_string(), code: refusal.word.clone() },
            Fate::Told | Fate::Lost(_) => outcome,
        })
    }

    fn run(
        &self,
        job: &Job,
        outbox: &Arc<Outbox>,
        tell: &SyncSender<Happening>,
        inbox: &Receiver<Happening>,
    ) -> Result<(Outcome, Option<Account>), Trouble> {
        let own = Permissions::from_mode(0o700);
        let folder =
            tempfile::Builder::new().prefix("jobcast-").permissions(own).tempdir().map_err(|error| local(&error))?;
        let task = self.task(job, &folder)?;
        let program = task.words[0].clone();
        let parser = Parser::choose(&self.reporting.progress, &self.words)?;
        let running = Running::start(task, tell).map_err(|not| not.trouble)?;
        let mut overseer = self.overseer(job, outbox, parser);
        let ended = overseer.see_through(&running, inbox);
        let outcome = match outcome(&program, &ended) {
            Outcome::Completed { .. } => result(&folder.path().join("result")),
            failed @ Outcome::Failed { .. } => failed,
        };
        close(&mut overseer, &outcome);
        Ok((outcome, ended.account))
    }

    /// The payload is in a folder that only this user can read, and on stdin.
    fn task(&self, job: &Job, folder: &TempDir) -> Result<Task, Trouble> {
        let payload = folder.path().join("payload.json");
        std::fs::write(&payload, job.payload.to_string()).map_err(|error| local(&error))?;
        let stdin = std::fs::File::open(&payload).map_err(|error| local(&error))?;
        let environment = vec![
            ("JOBCAST_JOB_ID".to_owned(), job.id.clone()),
            ("JOBCAST_ATTEMPT".to_owned(), job.attempt.to_string()),
            ("JOBCAST_PAYLOAD".to_owned(), payload.display().to_string()),
            ("JOBCAST_RESULT".to_owned(), folder.path().join("result").display().to_string()),
        ];
        let words = words(&self.words, &payload, &job.id);
        Ok(Task { words, environment, stdin: Stdio::from(stdin), echo: Echo::Stderr, redraws: Redraws::Dropped })
    }

    fn overseer(&self, job: &Job, outbox: &Arc<Outbox>, parser: Parser) -> Overseer {
        Overseer {
            outbox: outbox.clone(),
            parser,
            stages: Stages::default(),
            logs: self.reporting.logs,
            stops_for: StopsFor::AnyEnd,
            grace: Duration::from_secs(self.reporting.grace),
            say: Box::new(say),
            began: |_| {},
            job: Some(job.clone()),
            newest: None,
        }
    }

    fn report(&self, job: &Job, opening: Opening, outbox: &Arc<Outbox>, tell: &SyncSender<Happening>) {
        let (notices, tell, id) = (tell.clone(), tell.clone(), job.id.clone());
        let notice = move |notice| match notice {
            Notice::Over(refusal) | Notice::Refused(refusal) => drop(notices.send(Happening::Over(refusal))),
            Notice::Away(why) => say(&format!("{id}: {why} What there is to tell waits.")),
            Notice::Back => say(&format!("{id}: the service answers again.")),
            Notice::Began(_) => {}
        };
        let reporter = Reporter::new(self.service.clone(), opening, outbox.clone(), notice);
        reporter.start(Some(job.clone()), move |account| drop(tell.send(Happening::Told(account))));
    }

    fn told(&self, job: &Job, what: &str, error: Option<&str>) {
        if self.json {
            return say::json(
                &json!({ "event": what, "jobId": job.id, "name": job.name, "attempt": job.attempt, "error": error }),
            );
        }
        let error = error.map(|error| format!(": {error}")).unwrap_or_default();
        say(&format!("{} {what}{error}", job.id));
    }
}

/// Each word by itself: what stands in for a placeholder stays within its word.
fn words(words: &[String], payload: &Path, job: &str) -> Vec<String> {
    let payload = payload.display().to_string();
    words.iter().map(|word| word.replace("{payload}", &payload).replace("{job}", job)).collect()
}

/// What the command wrote into `$JOBCAST_RESULT`: JSON, or else text.
fn result(path: &Path) -> Outcome {
    let size = std::fs::metadata(path).map(|file| file.len()).unwrap_or_default();
    if size > RESULT {
        let error = format!(
            "The result has {size} bytes; a job's result has at most {RESULT}. Store it, and tell where it is."
        );
        return Outcome::Failed { error, code: "result_too_large".to_owned() };
    }
    let text = std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()).unwrap_or_default();
    let result = match text.as_str() {
        "" => Value::Null,
        text => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
    };
    Outcome::Completed { result }
}

fn local(error: &std::io::Error) -> Trouble {
    Trouble::Local(format!("The job's files cannot be written: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_stays_within_its_word() {
        let typed = shlex::split("sh -c 'encode \"$1\"' - {payload} --id={job}").unwrap();
        let filled = words(&typed, Path::new("/home/me/a b/$(x).json"), "job_1");
        assert_eq!(filled, ["sh", "-c", "encode \"$1\"", "-", "/home/me/a b/$(x).json", "--id=job_1"]);
    }

    #[test]
    fn a_result_is_json_or_text_or_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result");
        assert_eq!(result(&path), Outcome::Completed { result: Value::Null });
        for (written, expected) in [("{\"a\":1}\n", json!({ "a": 1 })), ("done\n", json!("done")), (" \n", Value::Null)]
        {
            std::fs::write(&path, written).unwrap();
            assert_eq!(result(&path), Outcome::Completed { result: expected });
        }
        std::fs::write(&path, "x".repeat(300_000)).unwrap();
        assert!(matches!(result(&path), Outcome::Failed { code, .. } if code == "result_too_large"));
    }
}
