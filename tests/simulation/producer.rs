//! Producers: they poll, work and report, and repeat under their key what they were not answered. Each operation is
//! noted with what came of it, and what it reports carries its number, by which it is found again in the log.

use crate::call::{Answer, Once, Order};
use crate::cloud::delay::pause;
use crate::command::{Command, LogEntry, RetryPolicy};
use crate::draws::Draws;
use crate::edge::desk::Desk;
use crate::edge::job_object;
use crate::edge::reply::Failure;
use crate::event::{LogLevel, Progress, StageReport};
use crate::fault::Kind;
use crate::id::{JobId, RequestId};
use crate::problem::Code;
use crate::request::Poll;
use crate::scenario::project;
use crate::time::Timestamp;
use crate::world::{Owner, world};
use serde_json::{Map, Value, json};

/// What a producer or a person asked of a job, and what it heard.
#[derive(Debug, Clone)]
pub struct Operation {
    pub job: JobId,
    pub command: Command,
    pub attempt: Option<u32>,
    pub is_keyed: bool,
    /// Each request, and what came of it.
    pub outcomes: Vec<(RequestId, Outcome)>,
    /// Whether a request was doubled on its way.
    pub has_twin: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Done(Value),
    Refused(Code),
    /// Nobody knows whether it was carried out.
    Unknown,
}

/// One request of an operation; gives what came of it.
async fn ask(number: usize, asked: Operation) -> Outcome {
    let world = world();
    let request = RequestId::new(Timestamp(world.clock()), world.draws.next().into());
    let once = asked.is_keyed.then(|| Once { key: format!("key {number}"), fingerprint: format!("{number}") });
    let answer = Answer::to(&asked.command);
    let order = Order { command: asked.command, attempt: asked.attempt, once, claim: None, request: Some(request.clone()), is_repeat: false, answer };
    let outcome = match job_object::command(&world.env, &asked.job, &project(), order).await {
        Ok(said) => Outcome::Done(said.value().expect("JSON")),
        Err(Failure::Problem(problem)) if problem.status() < 500 => Outcome::Refused(problem.code),
        Err(Failure::Problem(_) | Failure::Platform(_)) => Outcome::Unknown,
    };
    world.note(|| format!("operation {number} on {}: {outcome:?}", asked.job));
    world.history.borrow_mut().operations[number].outcomes.push((request, outcome.clone()));
    outcome
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Given,
    None,
}

/// Carries an operation out; with a key it is repeated until it is answered. `command` is given the operation's number.
pub async fn perform(job: &JobId, attempt: Option<u32>, key: Key, command: impl FnOnce(usize) -> Command) -> Outcome {
    let world = world();
    let number = world.history.borrow().operations.len();
    let (command, is_keyed) = (command(number), key == Key::Given);
    let asked = Operation { job: job.clone(), command, attempt, is_keyed, outcomes: vec![], has_twin: false };
    world.note(|| format!("operation {number} on {job}, attempt {attempt:?}, {key:?}: {:?}", asked.command));
    world.history.borrow_mut().operations.push(asked.clone());
    loop {
        if key == Key::Given && world.faults.strikes(Kind::RequestDoubled) {
            let twin = asked.clone();
            world.history.borrow_mut().operations[number].has_twin = true;
            world.spawn(Owner::Client, async move {
                pause(crate::world::world().draws.below(3_000)).await;
                ask(number, twin).await;
            });
        }
        let outcome = ask(number, asked.clone()).await;
        if outcome != Outcome::Unknown || key == Key::None {
            return outcome;
        }
        pause(world.draws.between(20, 600)).await;
    }
}

pub struct Worker {
    pub name: usize,
    pub draws: Draws,
    /// When it goes home, ms.
    pub until: u64,
}

impl Worker {
    pub async fn run(self) {
        pause(self.draws.below(1_000)).await;
        while world().age() < self.until {
            for job in self.poll().await {
                self.work(&job).await;
            }
            pause(self.draws.between(100, 1_500)).await;
        }
    }

    /// With a key a poll is repeated while its answers are lost; what a lost answer brought was given to nobody.
    async fn poll(&self) -> Vec<Value> {
        let world = world();
        let count = self.draws.between(1, 2);
        let key = format!("poll {} of worker {}", world.draws.next(), self.name);
        let once = self.draws.percent(75).then(|| Once { key, fingerprint: count.to_string() });
        let jobs = loop {
            let request = RequestId::new(Timestamp(world.clock()), world.draws.next().into());
            let poll = Poll { count, names: vec![], wait_seconds: 0 };
            let desk = Desk { env: world.env, project: project(), origin: String::new(), request, poll, once: once.clone() };
            let answer = desk.take().await;
            let is_lost = answer.is_err() || self.draws.percent(20);
            if once.is_none() || !is_lost || world.age() >= self.until {
                break answer.unwrap_or_default();
            }
            world.note(|| format!("worker {} lost the answer to {once:?}: {answer:?}", self.name));
            pause(self.draws.between(20, 600)).await;
        };
        for job in &jobs {
            world.note(|| format!("worker {} is given {} attempt {}", self.name, job["id"], job["attempt"]));
            world.history.borrow_mut().handed.push(job.clone());
        }
        jobs
    }

    async fn work(&self, job: &Value) {
        let draws = &self.draws;
        let Some(id) = job["id"].as_str().and_then(JobId::parse) else { return };
        let attempt = job["attempt"].as_u64().map(|attempt| attempt as u32).filter(|_| draws.percent(80));
        let key = || if draws.percent(75) { Key::Given } else { Key::None };
        if !matches!(perform(&id, attempt, key(), |_| Command::Ack).await, Outcome::Done(_)) {
            return;
        }
        for _ in 0..draws.below(16) {
            let long = draws.percent(8);
            pause(if long { draws.between(1_000, 12_000) } else { draws.below(400) }).await;
            let kind = draws.below(16);
            let outcome = perform(&id, attempt, key(), |number| report(kind, number)).await;
            // Not every producer listens.
            if matches!(outcome, Outcome::Refused(_)) && draws.percent(70) {
                return;
            }
        }
        let kind = draws.below(10);
        if kind < 8 {
            perform(&id, attempt, key(), |number| ending(kind, number)).await;
        }
    }
}

fn fields(number: usize) -> Map<String, Value> {
    Map::from_iter([("operation".to_owned(), json!(number))])
}

/// A report that says whose it is.
fn report(kind: u64, number: usize) -> Command {
    let stage = |word: &str| {
        Command::Stage(StageReport { stage: "vision".to_owned(), word: word.to_owned(), fields: fields(number) })
    };
    match kind {
        0..=5 => {
            let (percent, message) = ((number % 101) as f64, Some(format!("operation {number}")));
            Command::Progress(Progress { percent, message, sub_progress: None })
        }
        6 => stage("start"),
        7 => stage("complete"),
        8 => stage("note"),
        9 | 10 => Command::Checkpoint(fields(number)),
        11 => Command::Custom(fields(number)),
        12 => Command::Keepalive,
        _ => Command::Logs((0..1 + number % 3).map(|_| line(number)).collect::<Vec<_>>().into()),
    }
}

fn line(number: usize) -> LogEntry {
    LogEntry { level: LogLevel::Info, message: format!("operation {number}"), timestamp: None, source: None, metadata: None }
}

fn ending(kind: u64, number: usize) -> Command {
    match kind {
        0..=4 => Command::Complete { result: Some(json!({ "operation": number })) },
        5 => Command::Complete { result: None },
        6 => Command::Fail { error: format!("operation {number}"), error_code: None, retry: RetryPolicy::Allowed },
        _ => Command::Fail { error: format!("operation {number}"), error_code: None, retry: RetryPolicy::Never },
    }
}

