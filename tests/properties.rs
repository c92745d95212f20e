//! What holds for every life of a job, whatever is asked of it, in whatever order, under whatever clock.

mod support;

use jobcast::command::{Command, LogEntry, RetryPolicy};
use jobcast::event::{Created, Event, Fact, LogLevel, Progress};
use jobcast::job::JobState;
use jobcast::problem::Code;
use jobcast::record::Record;
use jobcast::time::Timestamp;
use proptest::prelude::*;
use serde_json::Value;
use support::story::{Story, nothing};
use support::{build, hostile};

#[path = "properties/replay.rs"]
mod replay;
#[path = "properties/stored.rs"]
mod stored;

/// One thing that happens to a job.
#[derive(Debug, Clone)]
pub struct Step {
    command: Command,
    /// The clock moves by so many ms, also backwards.
    drift: i64,
    attempt: Option<u32>,
    jitter: f64,
}

fn command() -> impl Strategy<Value = Command> {
    let names = || proptest::sample::select(vec!["probe", "encode", "upload"]);
    let words = || proptest::sample::select(vec!["start", "complete", "skipped", "error", "results", "score", "review", "asset"]);
    let entry = (texts(), proptest::option::of(some_json()))
        .prop_map(|(message, metadata)| LogEntry { level: LogLevel::Debug, metadata, ..build::line(message) });
    prop_oneof![
        3 => Just(Command::Ack),
        2 => Just(Command::Claim),
        2 => (0.0..=100.0, proptest::option::of(texts()), proptest::option::of(fields())).prop_map(
            |(percent, message, sub_progress)| Command::Progress(Progress { percent, message, sub_progress })
        ),
        3 => (names(), words(), fields())
            .prop_map(|(name, word, fields)| build::stage(name, word, Value::Object(without_tags(fields)))),
        1 => fields().prop_map(Command::Checkpoint),
        1 => fields().prop_map(Command::Custom),
        1 => Just(Command::Keepalive),
        2 => proptest::collection::vec(entry, 1..4).prop_map(|entries| Command::Logs(entries.into())),
        1 => proptest::option::of(some_json()).prop_map(|result| Command::Complete { result }),
        3 => (texts(), any::<bool>()).prop_map(|(error, for_good)| Command::Fail {
            error,
            error_code: None,
            retry: if for_good { RetryPolicy::Never } else { RetryPolicy::Allowed },
        }),
        1 => Just(build::kill("stop")),
        2 => Just(Command::Retry),
        1 => Just(Command::Cancel),
        1 => Just(Command::Delete),
        1 => Just(build::create(build::job())),
        4 => Just(Command::Tick),
    ]
}

/// Small, because a life has dozens of them: what matters here is how numbers, texts and nesting come back.
fn fields() -> impl Strategy<Value = serde_json::Map<String, Value>> {
    let key = proptest::sample::select(vec!["detail", "durationSec", "error", "reason", "score", "\n\u{2028}"]);
    proptest::collection::vec((key, some_json()), 0..3)
        .prop_map(|pairs| pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn texts() -> impl Strategy<Value = String> {
    proptest::sample::select(vec!["", "one", "\r\n\0", "\u{2028}🦀", "\"}"]).prop_map(str::to_owned)
}

/// `null` counts as absent, so that no parser makes a field of it.
fn some_json() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<f64>().prop_map(Value::from).prop_filter("null is absent", |value| !value.is_null()),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        texts().prop_map(Value::from),
        texts().prop_map(|text| serde_json::json!({ "deep": [text, null, { "er": true }] })),
    ]
}

/// `request::stage` takes these two words out of a body.
fn without_tags(mut fields: serde_json::Map<String, Value>) -> serde_json::Map<String, Value> {
    fields.retain(|name, _| name != "stage" && name != "type");
    fields
}

fn step() -> impl Strategy<Value = Step> {
    let drift = prop_oneof![Just(0), 0..2_000i64, -5_000..0i64, 200_000..400_000i64];
    let attempt = prop_oneof![4 => Just(None), 1 => (1u32..5).prop_map(Some)];
    (command(), drift, attempt, 0.0..1.0).prop_map(|(command, drift, attempt, jitter)| Step { command, drift, attempt, jitter })
}

fn created() -> impl Strategy<Value = Created> {
    (1u32..=4, 1u64..=600, proptest::option::of(0u64..1_000), fields()).prop_map(|(attempts, timeout, wait, meta)| Created {
        max_attempts: attempts,
        timeout_seconds: timeout,
        scheduled_for: wait.map(|seconds| build::START.plus(seconds * 1_000)),
        meta,
        stages: vec!["probe".to_owned()],
        ..build::job()
    })
}

fn take(story: &mut Story, step: &Step) -> Result<Vec<Event>, jobcast::problem::Problem> {
    story.now = Timestamp(story.now.0.saturating_add_signed(step.drift));
    (story.named_attempt, story.jitter) = (step.attempt, step.jitter);
    story.tell(&step.command)
}

/// A whole life: the job, then each step, looked at before and after.
fn live(created: Created, steps: &[Step], mut look: impl FnMut(&Record, &Record, &Step, &Result<Vec<Event>, jobcast::problem::Problem>)) -> Story {
    let mut story = nothing().when(build::create(created));
    for step in steps {
        let before = story.record.clone().expect("a job");
        let outcome = take(&mut story, step);
        look(&before, story.record.as_ref().expect("a job"), step, &outcome);
    }
    story
}

/// The moves that the contract knows, by who makes them.
fn is_legal(from: JobState, to: JobState, fact: &Fact) -> bool {
    use JobState::*;
    let moves = [
        (Scheduled, Pending, "job.queued"),
        (Pending, Delivered, "job.delivered"),
        (Delivered, Pending, "job.queued"),
        (Delivered, Running, "job.started"),
        (Running, Completed, "job.completed"),
        (Running, Failed, "job.failed"),
        (Running, Scheduled, "job.retry_scheduled"),
        (Failed, Pending, "job.retried"),
        (Scheduled, Cancelled, "job.cancelled"),
        (Pending, Cancelled, "job.cancelled"),
        (Delivered, Cancelled, "job.cancelled"),
        (Running, Cancelled, "job.cancelled"),
    ];
    let word = support::story::fact_word(fact);
    from == to && !fact.is_transition() || moves.iter().any(|(a, b, by)| (*a, *b, *by) == (from, to, word.as_str()))
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec(step(), 0..30)
}

proptest! {
    #![proptest_config(hostile::cases(96))]

    #[test]
    fn ids_always_grow(created in created(), steps in steps()) {
        let story = live(created, &steps, |_, _, _, _| {});
        prop_assert!(story.log.windows(2).all(|pair| pair[0].id < pair[1].id));
        prop_assert_eq!(story.log.last().map(|event| event.id), Some(story.job().tail));
    }

    #[test]
    fn a_state_changes_only_by_a_move_that_the_contract_knows(created in created(), steps in steps()) {
        let story = live(created, &steps, |_, _, _, _| {});
        let mut record = Record::with(None, &story.log[0]);
        for event in &story.log[1..] {
            let from = record.as_ref().map(|record| record.job.state).expect("a job");
            record = Record::with(record, event);
            let to = record.as_ref().map(|record| record.job.state).expect("a job");
            prop_assert!(is_legal(from, to, &event.fact), "{:?} to {:?} by {:?}", from, to, event.fact);
        }
    }

    #[test]
    fn an_end_is_an_end_but_for_a_retry_of_a_failed_job(created in created(), steps in steps()) {
        live(created, &steps, |before, after, step, _| {
            let retried = before.job.state == JobState::Failed && step.command == Command::Retry;
            if before.job.state.is_final() && !retried {
                assert_eq!((after.job.state, after.job.ended_by), (before.job.state, before.job.ended_by));
            }
            assert_eq!(after.job.state.is_final(), after.job.ended_by.is_some());
            assert_eq!(after.job.state.is_final(), after.job.completed_at.is_some());
        });
    }

    #[test]
    fn attempts_only_grow_and_never_beyond_their_cap(created in created(), steps in steps()) {
        let story = live(created, &steps, |before, after, step, _| {
            assert!(after.job.attempt >= before.job.attempt && after.job.attempt <= after.job.max_attempts);
            let grows = step.command == Command::Retry;
            assert!(after.job.max_attempts == before.job.max_attempts || grows);
            assert!(after.job.attempt <= before.job.attempt + 1);
        });
        prop_assert!(story.log.iter().all(|event| (1..=story.job().attempt).contains(&event.attempt)));
    }

    #[test]
    fn what_is_refused_changes_nothing_and_what_is_taken_is_what_was_decided(created in created(), steps in steps()) {
        live(created, &steps, |before, after, _, outcome| match outcome {
            Err(problem) => {
                assert_eq!(before, after);
                assert!((400..500).contains(&problem.status()));
                if problem.status() == 409 {
                    assert_eq!(problem.details["status"], before.job.state.word());
                }
            }
            Ok(events) if events.is_empty() => assert_eq!(before, after),
            Ok(events) => {
                let folded = events.iter().fold(Some(before.clone()), Record::with);
                assert_eq!(folded.as_ref(), Some(after));
            }
        });
    }

    #[test]
    fn the_clock_moves_a_job_on_once_its_deadline_is_there_and_not_before(created in created(), steps in steps()) {
        live(created, &steps, |before, after, step, outcome| {
            let waits = matches!(before.job.state, JobState::Scheduled | JobState::Delivered | JobState::Running);
            assert_eq!(before.job.deadline.is_some(), waits, "{:?}", before.job.state);
            assert_eq!(after.job.deadline.is_some(), !after.job.state.is_final() && after.job.state != JobState::Pending);
            if step.command == Command::Tick && outcome.as_ref().is_ok_and(|events| !events.is_empty()) {
                assert!(before.job.deadline.is_some() && before.job.state != after.job.state);
            }
        });
    }

    #[test]
    fn reports_never_bring_a_deadline_forward(created in created(), steps in steps()) {
        live(created, &steps, |before, after, _, _| {
            if (before.job.state, after.job.state) == (JobState::Running, JobState::Running) {
                assert!(after.job.deadline >= before.job.deadline);
            }
        });
    }

    #[test]
    fn lines_are_numbered_without_a_gap(created in created(), steps in steps()) {
        let story = live(created, &steps, |_, _, _, _| {});
        let lines = story.log.iter().filter_map(|event| if let Fact::Logs(chunk) = &event.fact { Some(chunk.lines().expect("lines are JSON")) } else { None });
        let seqs: Vec<u64> = lines.flatten().map(|line| line.seq).collect();
        prop_assert_eq!(seqs, (1..=story.job().last_seq).collect::<Vec<_>>());
    }

    #[test]
    fn a_fenced_report_never_reaches_another_attempt(created in created(), steps in steps()) {
        live(created, &steps, |before, _, step, outcome| {
            let Some(named) = step.attempt else { return };
            let is_log = matches!(step.command, Command::Logs(_));
            match outcome {
                Ok(events) => assert!(events.iter().all(|event| event.attempt == named)),
                Err(problem) if problem.code == Code::AttemptSuperseded => assert_ne!(named, before.job.attempt),
                Err(_) => assert!(named == before.job.attempt || is_log || before.job.state == JobState::Cancelled),
            }
        });
    }
}

/// What the fold of a log adds up to.
fn fold<'a>(log: impl IntoIterator<Item = &'a Event>) -> Option<Record> {
    log.into_iter().fold(None, Record::with)
}
