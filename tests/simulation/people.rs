//! People and their programs: who creates jobs, who kills, cancels, retries and deletes them, and who tidies up at the
//! end.

use crate::call::Once;
use crate::cloud::delay::pause;
use crate::command::Command;
use crate::draws::Draws;
use crate::edge::creation::Counter;
use crate::edge::reply::Failure;
use crate::id::{JobId, RequestId};
use crate::job::JobState;
use crate::producer::{Key, Outcome, perform};
use crate::request;
use crate::scenario::project;
use crate::time::Timestamp;
use crate::world::world;
use serde_json::{Value, json};

/// A creation, and what its creator heard.
#[derive(Debug, Clone)]
pub struct Creation {
    pub jobs: usize,
    pub is_keyed: bool,
    pub answers: Vec<Value>,
}

/// Creates one job, or several at once; with a key until it is answered.
pub async fn create(draws: Draws) {
    pause(draws.below(9_000)).await;
    let world = world();
    let number = world.history.borrow().creations.len();
    let is_keyed = draws.percent(70);
    let jobs = if draws.percent(25) { 2 } else { 1 };
    world.history.borrow_mut().creations.push(Creation { jobs, is_keyed, answers: vec![] });
    let asked: Vec<Value> = (0..jobs).map(|_| wish(&draws, number)).collect();
    let asked = if jobs == 1 { asked[0].clone() } else { json!(asked) };
    loop {
        let request = RequestId::new(Timestamp(world.clock()), world.draws.next().into());
        let new_id = || JobId::new(Timestamp(world.clock()), world.draws.next().into());
        let creation = request::create(&asked, &project(), new_id).expect("a good wish");
        let counter = Counter { env: world.env, project: project(), origin: String::new(), request };
        let once = is_keyed.then(|| Once { key: format!("creation {number}"), fingerprint: number.to_string() });
        let outcome = counter.create(creation, once).await;
        world.note(|| format!("creation {number}: {}", outcome.as_ref().map_or("no answer".to_owned(), Value::to_string)));
        match outcome {
            Ok(answer) => world.history.borrow_mut().creations[number].answers.push(answer),
            Err(Failure::Problem(_) | Failure::Platform(_)) if is_keyed => {
                pause(draws.between(20, 900)).await;
                continue;
            }
            Err(Failure::Problem(_) | Failure::Platform(_)) => return,
        }
        // A program that is started anew asks once more.
        if !is_keyed || draws.percent(70) {
            return;
        }
        pause(draws.below(9_000)).await;
    }
}

fn wish(draws: &Draws, number: usize) -> Value {
    let scheduled_for = draws.percent(20).then(|| Timestamp(world().clock() + draws.below(5_000)).iso());
    json!({
        "priority": draws.between(1, 3),
        "timeoutSeconds": draws.between(2, 12),
        "maxAttempts": draws.between(1, 3),
        "scheduledFor": scheduled_for,
        "meta": { "creation": number },
    })
}

/// Somebody who interferes.
pub async fn interfere(draws: Draws, until: u64) {
    pause(draws.between(1_000, 10_000)).await;
    while world().age() < until {
        if let Some(job) = any_job(&draws) {
            let kind = draws.below(10);
            perform(&job, None, if draws.percent(50) { Key::Given } else { Key::None }, |number| order(kind, number)).await;
        }
        pause(draws.between(500, 9_000)).await;
    }
}

fn order(kind: u64, number: usize) -> Command {
    match kind {
        0 | 1 => Command::Kill { reason: Some(format!("operation {number}")) },
        2 => Command::Cancel,
        3..=6 => Command::Retry,
        7 => Command::Claim,
        8 => Command::Ack,
        _ => Command::Delete,
    }
}

/// One of the jobs that were created so far.
pub fn any_job(draws: &Draws) -> Option<JobId> {
    let world = world();
    let history = world.history.borrow();
    let jobs: Vec<&String> = history.jobs.iter().filter(|(_, truth)| !truth.log.is_empty()).map(|(id, _)| id).collect();
    (!jobs.is_empty()).then(|| draws.pick(&jobs).as_str()).and_then(JobId::parse)
}

/// When faults have stopped: every job that has not ended is brought to its end.
pub async fn tidy_up(from: u64) {
    pause(from).await;
    loop {
        let open: Vec<(JobId, JobState)> = {
            let world = world();
            let history = world.history.borrow();
            let open = history.jobs.iter().filter(|(_, truth)| !truth.is_deleted);
            let state = |truth: &crate::history::JobTruth| truth.job().map(|job| job.state).filter(|state| !state.is_final());
            open.filter_map(|(id, truth)| JobId::parse(id).zip(state(truth))).collect()
        };
        for (job, state) in open {
            let ending = match state {
                JobState::Running => Command::Complete { result: None },
                JobState::Pending | JobState::Delivered => Command::Ack,
                _ => Command::Kill { reason: None },
            };
            if let Outcome::Refused(_) = perform(&job, None, Key::Given, |_| ending).await {
                perform(&job, None, Key::Given, |_| Command::Kill { reason: None }).await;
            }
        }
        pause(1_000).await;
    }
}
