//! What producers and people were answered, against what is in the logs.

use crate::command::Command;
use crate::event::{Event, Fact};
use crate::history::{History, Invariant, JobTruth, Violation, broken};
use crate::id::JobId;
use crate::producer::{Operation, Outcome};
use crate::problem::Code;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What an operation did: its events, each with its commit.
struct Effects<'a>(Vec<(&'a Event, usize)>);

impl Effects<'_> {
    fn commits(&self) -> usize {
        self.0.iter().map(|(_, commit)| commit).collect::<BTreeSet<_>>().len()
    }
}

pub fn hold(history: &History) -> Result<(), Violation> {
    let nothing = JobTruth::default();
    for (number, operation) in history.operations.iter().enumerate() {
        let truth = history.jobs.get(operation.job.as_str()).unwrap_or(&nothing);
        let effects = effects(truth, number, operation);
        let tell = |violation: Violation| {
            let what = format!("operation {number} on {}: {}; {:?}", operation.job, violation.what, operation.outcomes);
            broken(violation.invariant, what)
        };
        repeats_change_nothing(operation, &effects).map_err(tell)?;
        answers_are_true(operation, &effects, truth).map_err(tell)?;
        attempts_are_kept_apart(operation, &effects).map_err(tell)?;
    }
    nobody_shares(history)?;
    creations(history)
}

fn effects<'a>(truth: &'a JobTruth, number: usize, operation: &Operation) -> Effects<'a> {
    let own = |event: &Event| match &event.fact {
        Fact::Checkpoint(data) => data.get("operation").and_then(Value::as_u64) == Some(number as u64),
        Fact::Logs(chunk) => chunk.lines().is_ok_and(|lines| lines.iter().any(|line| line.message == format!("operation {number}"))),
        _ => operation.outcomes.iter().any(|(request, _)| event.origin.request.as_ref() == Some(request)),
    };
    Effects(truth.log.iter().zip(truth.commits.iter().copied()).filter(|(event, _)| own(event)).collect())
}

fn repeats_change_nothing(operation: &Operation, effects: &Effects) -> Result<(), Violation> {
    let breaks = |what: &str| Err(broken(Invariant::Idempotence, what));
    let answers: Vec<&Value> = operation.outcomes.iter().filter_map(|(_, outcome)| done(outcome)).collect();
    if effects.commits() > 1 {
        return breaks("it was carried out more than once");
    }
    if answers.windows(2).any(|pair| pair[0] != pair[1]) {
        return breaks("its repeats were answered differently");
    }
    let last = operation.outcomes.last().map(|(_, outcome)| outcome);
    let forgets = matches!(last, Some(Outcome::Refused(code)) if *code != Code::JobNotFound) && effects.commits() > 0;
    if operation.is_keyed && !operation.has_twin && forgets {
        return breaks("it was carried out, and its repeat refused");
    }
    Ok(())
}

fn done(outcome: &Outcome) -> Option<&Value> {
    match outcome {
        Outcome::Done(value) => Some(value),
        Outcome::Refused(_) | Outcome::Unknown => None,
    }
}

fn answers_are_true(operation: &Operation, effects: &Effects, truth: &JobTruth) -> Result<(), Violation> {
    let breaks = |what: &str| Err(broken(Invariant::Acknowledged, what));
    for (request, outcome) in &operation.outcomes {
        let is_its = |(event, _): &(&Event, usize)| event.origin.request.as_ref() == Some(request);
        if matches!(outcome, Outcome::Refused(_)) && effects.0.iter().any(is_its) {
            return breaks("it was refused, and carried out");
        }
        let Some(answer) = done(outcome) else { continue };
        if effects.0.is_empty() && !was_so_already(&operation.command, truth) {
            return breaks("it was acknowledged, and is not in the log");
        }
        if answer["id"].is_u64() && !effects.0.iter().any(|(event, _)| answer["id"] == event.id.0) {
            return breaks("the id of its answer is not its event's");
        }
        if let (Command::Logs(lines), false) = (&operation.command, answer["inserted"].is_null())
            && (answer["inserted"] != lines.parts().count() || !has_lines(effects, &answer["fromSeq"], &answer["toSeq"]))
        {
            return breaks("its lines are not where its answer says");
        }
    }
    Ok(())
}

fn has_lines(effects: &Effects, from: &Value, to: &Value) -> bool {
    let lines = effects.0.iter().filter_map(|(event, _)| match &event.fact {
        Fact::Logs(chunk) => Some(chunk.from_seq..=chunk.to_seq),
        _ => None,
    });
    let seqs: Vec<u64> = lines.flatten().collect();
    seqs.first().copied() == from.as_u64() && seqs.last().copied() == to.as_u64()
}

/// A final command that finds what it wants adds nothing.
fn was_so_already(command: &Command, truth: &JobTruth) -> bool {
    let ever = |test: fn(&Fact) -> bool| truth.log.iter().any(|event| test(&event.fact));
    match command {
        Command::Complete { .. } => ever(|fact| matches!(fact, Fact::Completed { .. })),
        Command::Fail { .. } => ever(|fact| matches!(fact, Fact::Failed { .. })),
        Command::Kill { .. } | Command::Cancel => ever(|fact| matches!(fact, Fact::Cancelled { .. })),
        Command::Delete => true,
        _ => false,
    }
}

fn attempts_are_kept_apart(operation: &Operation, effects: &Effects) -> Result<(), Violation> {
    let Some(named) = operation.attempt else { return Ok(()) };
    let stray = effects.0.iter().find(|(event, _)| event.attempt != named);
    stray.map_or(Ok(()), |(event, _)| {
        Err(broken(Invariant::Fencing, format!("attempt {named} wrote into attempt {}", event.attempt)))
    })
}

/// No two were given the same delivery, or the same start.
fn nobody_shares(history: &History) -> Result<(), Violation> {
    let mut held: BTreeMap<(String, String), usize> = BTreeMap::new();
    let answered = |operation: &Operation| operation.outcomes.iter().find_map(|(_, outcome)| done(outcome).cloned());
    let of = |wanted: fn(&Command) -> bool| {
        let asked = history.operations.iter().filter(move |operation| wanted(&operation.command));
        asked.filter_map(answered).collect::<Vec<_>>()
    };
    let deliveries = history.handed.iter().cloned().chain(of(|command| matches!(command, Command::Claim)));
    let starts = of(|command| matches!(command, Command::Ack));
    let times = deliveries.map(|job| (job, "deliveredAt")).chain(starts.into_iter().map(|job| (job, "startedAt")));
    for (job, field) in times {
        let key = (job["id"].to_string(), format!("{field} {}", job[field]));
        let holders = held.entry(key.clone()).or_default();
        *holders += 1;
        if *holders > 1 {
            return Err(broken(Invariant::Fencing, format!("two hold {} {}", key.0, key.1)));
        }
    }
    Ok(())
}

fn creations(history: &History) -> Result<(), Violation> {
    for (number, creation) in history.creations.iter().enumerate() {
        let made = |truth: &&JobTruth| {
            let meta = truth.job().map(|job| &job.created.meta["creation"]);
            meta.and_then(Value::as_u64) == Some(number as u64)
        };
        let made = history.jobs.values().filter(made).count();
        let tell = |invariant, what: &str| {
            let key = if creation.is_keyed { "with a key" } else { "without a key" };
            Err(broken(invariant, format!("creation {number} of {} jobs, {key}: {what}; {made} made", creation.jobs)))
        };
        if made > creation.jobs {
            return tell(Invariant::Idempotence, "more jobs than were asked for");
        }
        if creation.answers.windows(2).any(|pair| pair[0] != pair[1]) {
            return tell(Invariant::Idempotence, "its repeats were answered differently");
        }
        if !creation.answers.is_empty() && made != creation.jobs {
            return tell(Invariant::Acknowledged, "acknowledged, and not made");
        }
    }
    Ok(())
}

impl History {
    /// Whether somebody has asked to delete it.
    pub fn is_to_be_deleted(&self, job: &JobId) -> bool {
        self.operations.iter().any(|operation| operation.job == *job && operation.command == Command::Delete)
    }
}
