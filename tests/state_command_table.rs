//! Every state × every command, from the contract's “Job states”. Exhaustive by construction: a new `JobState` or
//! `Command` does not compile here until it has its column or its sample, and then fails until it has its cells.
//!
//! A cell says what follows: `started>running` the facts (without their family) and the new state where it changes,
//! `=` accepted without a fact, `!not_running` refused with that code (without `job_`).

mod support;

use jobcast::command::Command;
use jobcast::event::Created;
use jobcast::job::JobState;
use support::build::*;
use support::story::*;

const TABLE: &str = "
command        scheduled      pending                    delivered         running                    completed        failed           cancelled
create         =              =                          =                 =                          =                =                =
claim          !not_pending   delivered>delivered        !not_pending      !not_pending               !not_pending     !not_pending     !cancelled
ack            !not_pending   delivered+started>running  started>running   !not_pending               !not_pending     !not_pending     !cancelled
progress       !not_running   !not_running               !not_running      reported                   !not_running     !not_running     !cancelled
stage          !not_running   !not_running               !not_running      started                    !not_running     !not_running     !cancelled
checkpoint     !not_running   !not_running               !not_running      saved                      !not_running     !not_running     !cancelled
event          !not_running   !not_running               !not_running      emitted                    !not_running     !not_running     !cancelled
keepalive      !not_running   !not_running               !not_running      received                   !not_running     !not_running     !cancelled
logs           appended       appended                   appended          appended                   appended         appended         appended
complete       !not_running   !not_running               !not_running      completed>completed        =                !not_running     !cancelled
complete-other !not_running   !not_running               !not_running      completed>completed        !finished        !not_running     !cancelled
fail           !not_running   !not_running               !not_running      retry_scheduled>scheduled  !not_running     =                !cancelled
fail-for-good  !not_running   !not_running               !not_running      failed>failed              !not_running     =                !cancelled
kill           cancelled>cancelled cancelled>cancelled   cancelled>cancelled cancelled>cancelled      !finished        !finished        =
retry          !not_failed    !not_failed                !not_failed       !not_failed                !not_failed      retried>pending  !not_failed
cancel         cancelled>cancelled cancelled>cancelled   cancelled>cancelled !not_cancellable         !not_cancellable !not_cancellable =
delete         =              =                          !active           !active                    =                =                =
tick           =              =                          =                 =                          =                =                =
tick-overdue   queued>pending =                          queued>pending    retry_scheduled>scheduled  =                =                =
";

/// The same where the attempt that runs is the last one.
const LAST_ATTEMPT: &str = "
command        running
fail           failed>failed
fail-for-good  failed>failed
tick-overdue   failed>failed
complete       completed>completed
";

/// Names a sample of each command; the match has no `_`, so that none can be left out.
macro_rules! samples {
    ($($kind:literal $pattern:pat => $($name:literal: $sample:expr),+;)*) => {
        fn kind(command: &Command) -> &'static str {
            match command { $($pattern => $kind),* }
        }

        fn samples() -> Vec<(&'static str, Command)> {
            vec![$($(($name, $sample)),+),*]
        }
    };
}

samples! {
    "create" Command::Create(_) => "create": create(job());
    "claim" Command::Claim => "claim": Command::Claim;
    "ack" Command::Ack => "ack": Command::Ack;
    "progress" Command::Progress(_) => "progress": progress(50.0, "half");
    "stage" Command::Stage(_) => "stage": stage("encode", "start", serde_json::json!({}));
    "checkpoint" Command::Checkpoint(_) => "checkpoint": checkpoint(serde_json::json!({}));
    "event" Command::Custom(_) => "event": custom(serde_json::json!({}));
    "keepalive" Command::Keepalive => "keepalive": Command::Keepalive;
    "logs" Command::Logs(_) => "logs": logs(&["line"]);
    "complete" Command::Complete { .. } => "complete": complete_plainly(), "complete-other": complete(serde_json::json!(1));
    "fail" Command::Fail { .. } => "fail": fail("x"), "fail-for-good": fail_for_good("x");
    "kill" Command::Kill { .. } => "kill": kill("stop");
    "retry" Command::Retry => "retry": Command::Retry;
    "cancel" Command::Cancel => "cancel": Command::Cancel;
    "delete" Command::Delete => "delete": Command::Delete;
    "tick" Command::Tick => "tick": Command::Tick, "tick-overdue": Command::Tick;
}

/// The column of each state; no `_` here either.
fn column(state: JobState) -> &'static str {
    match state {
        JobState::Scheduled => "scheduled",
        JobState::Pending => "pending",
        JobState::Delivered => "delivered",
        JobState::Running => "running",
        JobState::Completed => "completed",
        JobState::Failed => "failed",
        JobState::Cancelled => "cancelled",
    }
}

/// What the table says; `None` where it has no such cell.
fn expected<'a>(table: &'a str, command: &str, state: JobState) -> Option<&'a str> {
    let mut rows = table.trim().lines().map(|line| line.split_whitespace());
    let place = rows.next()?.position(|head| head == column(state))?;
    rows.find(|row| row.clone().next() == Some(command))?.nth(place)
}

/// What the code does, in the words of the table.
fn found(command: &str, sample: Command, state: JobState, created: Created) -> String {
    let seconds = if command == "tick-overdue" { 1_000.0 } else { 1.0 };
    let story = given_in(state, created).later(seconds).when(sample);
    let events = match &story.outcome {
        Err(problem) => return format!("!{}", short(&serde_json::to_string(&problem.code).expect("a word"))),
        Ok(events) if events.is_empty() => "=".to_owned(),
        Ok(events) => events.iter().map(|event| short(&word(event))).collect::<Vec<_>>().join("+"),
    };
    match story.job().state {
        same if same == state => events,
        new => format!("{events}>{}", column(new)),
    }
}

/// Without its family (`job.`), its quotes, or the `job_` of a code.
fn short(word: &str) -> String {
    let word = word.trim_matches('"');
    let word = word.split_once('.').map_or(word, |(_, rest)| rest);
    word.strip_prefix("job_").unwrap_or(word).to_owned()
}

#[test]
fn every_state_answers_every_command_as_the_contract_says() {
    for state in JobState::ALL {
        for (name, sample) in samples() {
            let expected = expected(TABLE, name, state).unwrap_or_else(|| panic!("no cell for {name} × {state:?}"));
            assert_eq!(found(name, sample, state, job()), expected, "{name} × {state:?}");
        }
    }
}

#[test]
fn the_last_attempt_has_no_successor() {
    for (name, sample) in samples() {
        if let Some(expected) = expected(LAST_ATTEMPT, name, JobState::Running) {
            assert_eq!(found(name, sample, JobState::Running, with_attempts(1)), expected, "{name}");
        }
    }
}

#[test]
fn before_its_creation_a_job_takes_nothing_else() {
    for (name, sample) in samples() {
        let outcome = nothing().when(sample.clone()).outcome.map(|events| events.len()).map_err(|problem| problem.code);
        let expected = if name == "create" { Ok(1) } else { Err(jobcast::problem::Code::JobNotFound) };
        assert_eq!(outcome, expected, "{name}");
    }
}

#[test]
fn the_table_has_a_column_for_each_state_and_a_row_for_each_command() {
    let mut lines = TABLE.trim().lines();
    let heads: Vec<_> = lines.next().expect("a head").split_whitespace().skip(1).collect();
    assert_eq!(heads, JobState::ALL.map(column));
    let names: Vec<_> = lines.map(|line| line.split_whitespace().next().expect("a name")).collect();
    assert_eq!(names, samples().iter().map(|(name, _)| *name).collect::<Vec<_>>());
    assert!(samples().iter().all(|(name, sample)| name.starts_with(kind(sample))));
    assert!(TABLE.trim().lines().all(|line| line.split_whitespace().count() == 8));
}
