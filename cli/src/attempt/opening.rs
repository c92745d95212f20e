//! Owns how an attempt begins: the job is made, or was delivered by a poll, and is acked.
//! Invariant: however often it is tried, one job is made and acked once: both requests keep their Idempotency-Key.

use crate::service::{Call, Service};
use crate::trouble::Trouble;
use jobcast::limits;
use serde_json::{Value, json};
use std::time::Duration;

/// What a producer needs of the job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub id: String,
    pub name: Option<String>,
    pub attempt: u64,
    pub timeout: Duration,
    pub payload: Value,
    pub events_url: String,
}

impl Job {
    pub fn of(job: &Value) -> Job {
        let text = |name: &str| job[name].as_str().map(str::to_owned);
        let seconds = job["timeoutSeconds"].as_u64().unwrap_or(limits::TIMEOUT_SECONDS_DEFAULT);
        Job {
            id: text("id").unwrap_or_default(),
            name: text("name"),
            attempt: job["attempt"].as_u64().unwrap_or(1),
            timeout: Duration::from_secs(seconds),
            payload: job["payload"].clone(),
            events_url: text("eventsUrl").unwrap_or_default(),
        }
    }

    /// A report on this attempt.
    pub fn post(&self, part: &str, body: &Value) -> Call {
        Call::post(self.path(part), body).with("x-job-attempt", self.attempt)
    }

    pub fn path(&self, part: &str) -> String {
        format!("/api/v1/jobs/{}/{part}", self.id)
    }
}

#[derive(Debug)]
pub struct Opening {
    create: Option<Call>,
    ack: Option<Call>,
}

impl Opening {
    /// A job of our own.
    pub fn create(job: &Value) -> Opening {
        Opening { create: Some(Call::post("/api/v1/jobs", job)), ack: None }
    }

    pub fn delivered(job: &Job) -> Opening {
        Opening { create: None, ack: Some(job.post("ack", &json!({}))) }
    }

    /// One try; the next one goes on where this one stopped.
    pub fn attempt(&mut self, service: &Service) -> Result<Job, Trouble> {
        if let (Some(create), None) = (&self.create, &self.ack) {
            self.ack = Some(Job::of(&service.call(create)?).post("ack", &json!({})));
        }
        let ack = self.ack.as_ref().ok_or_else(|| Trouble::Local("There is no job to begin with.".to_owned()))?;
        Ok(Job::of(&service.call(ack)?))
    }
}
