//! Owns a job's life as its object leads it: decide, number, attribute, fold; and the words in which a story asserts.
//! Invariant: a refusal leaves the record and the log as they were, because nothing but `when` writes them.

use super::build::{START, create, fail_for_good};
use jobcast::command::{Circumstances, Command};
use jobcast::decide::{attempt_of, attribute, decide, number};
use jobcast::event::{Created, Event, Fact};
use jobcast::id::RequestId;
use jobcast::job::{Job, JobState};
use jobcast::problem::{Code, Problem};
use jobcast::record::Record;
use jobcast::time::Timestamp;
use serde_json::Value;

pub struct Story {
    pub record: Option<Record>,
    pub log: Vec<Event>,
    pub now: Timestamp,
    /// What the producer names in `X-Job-Attempt`.
    pub named_attempt: Option<u32>,
    pub jitter: f64,
    /// The request that brings the commands.
    pub request: Option<RequestId>,
    /// What came of the last command.
    pub outcome: Result<Vec<Event>, Problem>,
}

/// A story before its job is created.
pub fn nothing() -> Story {
    Story { record: None, log: vec![], now: START, named_attempt: None, jitter: 0.5, request: None, outcome: Ok(vec![]) }
}

/// A created job.
pub fn given(created: Created) -> Story {
    nothing().when(create(created))
}

/// A job whose first attempt runs.
pub fn given_running(created: Created) -> Story {
    given(created).when(Command::Ack)
}

/// A job in this state, a moment after it got there.
pub fn given_in(state: JobState, created: Created) -> Story {
    let scheduled_for = Some(START.plus(60_000));
    match state {
        JobState::Scheduled => given(Created { scheduled_for, ..created }),
        JobState::Pending => given(created),
        JobState::Delivered => given(created).when(Command::Claim),
        JobState::Running => given_running(created),
        JobState::Completed => given_running(created).when(Command::Complete { result: None }),
        JobState::Failed => given_running(created).when(fail_for_good("given")),
        JobState::Cancelled => given(created).when(Command::Cancel),
    }
}

impl Story {
    pub fn tell(&mut self, command: &Command) -> Result<Vec<Event>, Problem> {
        let around = Circumstances { now: self.now, attempt: self.named_attempt, jitter: self.jitter };
        let job = self.record.as_ref().map(|record| &record.job);
        let facts = decide(job, command, around)?;
        let tail = job.map(|job| job.tail).unwrap_or_default();
        let mut events = number(facts, tail, attempt_of(job, command, around), self.now);
        attribute(&mut events, job, self.request.as_ref());
        for event in &events {
            self.record = Record::with(self.record.take(), event);
        }
        self.log.extend(events.iter().cloned());
        Ok(events)
    }

    pub fn when(mut self, command: Command) -> Story {
        self.outcome = self.tell(&command);
        self
    }

    /// The clock moves on, and the alarm with it.
    pub fn after(mut self, seconds: f64) -> Story {
        self.now = self.now.plus((seconds * 1_000.0) as u64);
        self.when(Command::Tick)
    }

    /// The clock moves on while the alarm sleeps.
    pub fn later(mut self, seconds: f64) -> Story {
        self.now = self.now.plus((seconds * 1_000.0) as u64);
        self
    }

    /// The producer names its attempt from here on.
    pub fn naming_attempt(mut self, attempt: u32) -> Story {
        self.named_attempt = Some(attempt);
        self
    }

    /// The commands come with this request from here on.
    pub fn in_request(mut self, request: RequestId) -> Story {
        self.request = Some(request);
        self
    }

    pub fn with_jitter(mut self, jitter: f64) -> Story {
        self.jitter = jitter;
        self
    }

    pub fn job(&self) -> &Job {
        &self.record.as_ref().expect("a created job").job
    }

    pub fn events(&self) -> &[Event] {
        self.outcome.as_ref().expect("an accepted command")
    }

    /// The only fact that the last command brought.
    pub fn fact(&self) -> &Fact {
        assert_eq!(self.events().len(), 1, "one fact: {:?}", self.events());
        &self.events()[0].fact
    }

    /// The last command was accepted, and the log grew by these.
    #[track_caller]
    pub fn then(self, words: &[&str]) -> Story {
        let outcome = self.outcome.as_ref().map(|events| events.iter().map(word).collect::<Vec<_>>());
        assert_eq!(outcome.map_err(|problem| problem.code), Ok(words.iter().map(|word| word.to_string()).collect()));
        self
    }

    /// The last command was refused, and nothing of it stayed.
    #[track_caller]
    pub fn refused(self, code: Code) -> Story {
        assert_eq!(self.outcome.as_ref().map_err(|problem| problem.code), Err(code));
        self
    }

    #[track_caller]
    pub fn is(self, state: JobState) -> Story {
        assert_eq!(self.job().state, state);
        self
    }

    /// Looks closer at the job.
    pub fn and(self, look: impl FnOnce(&Job)) -> Story {
        look(self.job());
        self
    }
}

/// The `type` of an event in a page of the log.
pub fn word(event: &Event) -> String {
    fact_word(&event.fact)
}

pub fn fact_word(fact: &Fact) -> String {
    let stored = serde_json::to_value(fact).expect("a fact can be stored");
    stored["type"].as_str().map(str::to_owned).unwrap_or_else(|| Value::Null.to_string())
}
