//! The wire form, read back by a parser that we did not write; and the pipeline view in the literal text of seed 001.

mod support;

use jobcast::command::Command;
use jobcast::event::{Created, Event, StageReport};
use jobcast::id::EventId;
use jobcast::replay::{Plan, ResetReason};
use jobcast::request;
use jobcast::sse::{Frame, HEARTBEAT, retry_block};
use jobcast::view::Visibility;
use jobcast::view::pipeline::{Lens, Narrowing};
use proptest::prelude::*;
use serde_json::{Value, json};
use sse_stream::Sse;
use support::build::{START, object, with_stages};
use support::reader::{normalised, read, read_in};
use support::story::{given_running, nothing};
use support::{facts, hostile};

#[path = "sse_frames/format.rs"]
mod format;
#[path = "sse_frames/seed.rs"]
mod seed;
#[path = "sse_frames/stored.rs"]
mod stored;

fn lens(visibility: Visibility) -> Lens {
    Lens { visibility, narrowing: Narrowing::default() }
}

fn frame_of(event: &Event) -> String {
    let mut out = String::new();
    lens(Visibility::Full).encode(event, &mut out);
    out
}

fn encoded(frame: &Frame) -> String {
    let mut out = String::new();
    frame.encode(&mut out);
    out
}

fn written(frame: &Frame) -> Sse {
    let id = frame.id.map(|id| id.to_string());
    Sse { event: Some(frame.name.clone()), data: Some(normalised(&frame.data)), id, retry: None }
}

fn frames() -> impl Strategy<Value = Frame> {
    let name = hostile::text().prop_map(|text| text.replace(['\r', '\n', '\0'], ""));
    let id = proptest::option::of(0..1u64 << 53).prop_map(|id| id.map(EventId));
    (name, id, hostile::text()).prop_map(|(name, id, data)| Frame { name, id, data })
}

proptest! {
    #![proptest_config(hostile::cases(256))]

    #[test]
    fn what_is_read_is_what_was_written(frames in proptest::collection::vec(frames(), 0..6), fragment in 1usize..40) {
        let text: String = frames.iter().map(encoded).collect();
        prop_assert_eq!(read_in(&text, fragment), frames.iter().map(written).collect::<Vec<_>>());
    }

    #[test]
    fn what_stands_between_frames_changes_none_of_them(before in frames(), after in frames(), wait: u32) {
        let between = [HEARTBEAT, &retry_block(wait.into()), HEARTBEAT].concat();
        let blocks = read(&[encoded(&before), between, encoded(&after)].concat());
        let retry = Sse::default().retry(wait.into());
        prop_assert_eq!(blocks, [written(&before), retry, written(&after)]);
    }

    #[test]
    fn no_producer_can_inject_a_frame(
        name in hostile::stage_name(), word in hostile::text(), fields in hostile::object(), text in hostile::text(),
    ) {
        let mut log = given_running(support::build::job()).log;
        for command in hostile_commands(&name, &word, &fields, &text) {
            let story = given_running(support::build::job()).when(command);
            log.extend(story.outcome.expect("a running job takes them"));
        }
        for event in log {
            stored::assert_replayed_as_it_was_live(&event);
            let blocks = read(&frame_of(&event));
            prop_assert!(blocks.len() <= 1, "{:?}", blocks);
            for block in blocks {
                prop_assert_eq!(block.id, Some(event.id.to_string()));
                prop_assert_eq!(block.retry, None);
                let data: Value = serde_json::from_str(&block.data.expect("data")).expect("JSON");
                prop_assert!(data.is_object());
            }
        }
    }

    #[test]
    fn a_stage_gets_the_name_that_it_was_given_and_all_its_fields(name in hostile::stage_name(), fields in hostile::object()) {
        let body = Value::Object(fields.clone().into_iter().chain([("type".to_owned(), json!("note"))]).collect());
        let Ok(Command::Stage(report)) = request::stage(&body, &name) else { return Ok(()) };
        let story = given_running(support::build::job()).when(Command::Stage(report.clone()));
        let blocks = read(&frame_of(&story.events()[0]));
        prop_assert_eq!(blocks[0].event.clone(), Some(format!("stage:{name}")));
        let data: StageReport = serde_json::from_str(blocks[0].data.as_deref().unwrap_or_default()).expect("a report");
        prop_assert_eq!((data.stage, data.word), (report.stage, report.word));
        prop_assert_eq!(data.fields.len(), report.fields.len());
    }

    #[test]
    fn an_opening_is_one_snapshot_whatever_the_job_holds(
        text in hostile::text(), meta in hostile::object(), payload in hostile::json(), names in proptest::collection::vec(hostile::text(), 0..3),
    ) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let created = Created { topic: Some(text.clone()), name: Some(text), meta, payload: Some(payload), ..with_stages(&names) };
        let story = nothing().when(support::build::create(created));
        let blocks = read(&lens(Visibility::Full).opening(story.job(), Plan::Snapshot { from: EventId(7) }, EventId(0)));
        prop_assert_eq!(blocks.len(), 1);
        prop_assert_eq!((blocks[0].event.as_deref(), blocks[0].id.as_deref()), (Some("job:snapshot"), Some("7")));
        prop_assert!(serde_json::from_str::<Value>(blocks[0].data.as_deref().unwrap_or_default()).is_ok());
    }
}

/// What passes the request parser, of what was sent.
fn hostile_commands(name: &str, word: &str, fields: &serde_json::Map<String, Value>, text: &str) -> Vec<Command> {
    let with = |more: Value| Value::Object(fields.clone().into_iter().chain(object(more)).collect());
    let batch = serde_json::to_vec(&json!([text, { "message": text, "metadata": fields }])).expect("a batch");
    let lines = jobcast::logs::parse_batch(&batch, jobcast::logs::BatchFormat::Json, jobcast::logs::Encoding::Plain);
    let sent = [
        request::stage(&with(json!({ "type": word, "detail": text })), name),
        request::progress(&json!({ "percent": 1, "message": text, "subProgress": { name: { "percent": 1 } } })),
        request::checkpoint(&Value::Object(fields.clone())),
        request::custom(&Value::Object(fields.clone())),
        request::complete(&json!({ "result": fields })),
        request::fail(&json!({ "error": text, "code": text })),
        request::kill(&json!({ "reason": text })),
        lines.map(Command::Logs),
    ];
    sent.into_iter().filter_map(Result::ok).collect()
}

#[test]
fn each_fact_has_its_frame_to_the_letter() {
    for sample in facts::samples() {
        let expected = match sample.frame {
            ("", _) => String::new(),
            (name, data) => format!("event: {name}\ndata: {data}\nid: 1772355600000\n\n"),
        };
        assert_eq!(frame_of(&sample.event()), expected, "{:?}", sample.fact);
    }
}

#[test]
fn a_public_reader_sees_lifecycle_stages_and_progress_and_nothing_else() {
    for sample in facts::samples() {
        let mut out = String::new();
        lens(Visibility::Public).encode(&sample.event(), &mut out);
        let private = ["job:checkpoint", "job:event", "job:log"].contains(&sample.frame.0);
        assert_eq!(out.is_empty(), private || sample.frame.0.is_empty(), "{:?}", sample.fact);
    }
}

#[test]
fn narrowing_passes_what_is_listed_and_always_the_end() {
    let narrowing = Narrowing::parse(Some("job:progress, stage:research")).expect("good names");
    let narrow = Lens { visibility: Visibility::Full, narrowing };
    for sample in facts::samples() {
        let mut out = String::new();
        narrow.encode(&sample.event(), &mut out);
        let passes = ["job:progress", "stage:research", "job:completed", "job:failed"].contains(&sample.frame.0);
        assert_eq!(!out.is_empty(), passes, "{:?}", sample.fact);
    }
}

#[test]
fn all_stages_may_be_listed_with_an_asterisk() {
    let stages = Lens { visibility: Visibility::Full, narrowing: Narrowing::parse(Some("stage:*")).expect("good") };
    let shown = |lens: &Lens, event: &Event| {
        let mut out = String::new();
        lens.encode(event, &mut out);
        !out.is_empty()
    };
    for sample in facts::samples() {
        let passes = sample.frame.0.starts_with("stage:") || sample.fact.is_final();
        assert_eq!(shown(&stages, &sample.event()), passes, "{:?}", sample.fact);
    }
}

#[test]
fn a_reset_is_told_before_the_snapshot_and_carries_no_id() {
    let story = given_running(support::build::job());
    let plan = Plan::Reset { reason: ResetReason::CursorTooOld, from: EventId(20) };
    let text = lens(Visibility::Full).opening(story.job(), plan, EventId(11));
    assert!(text.starts_with("event: reset\ndata: {\"reason\":\"cursor_too_old\",\"oldest\":11}\n\nevent: job:snapshot\ndata: "));
    assert!(text.ends_with("\nid: 20\n\n"));
    let ahead = Plan::Reset { reason: ResetReason::CursorAhead, from: EventId(20) };
    assert!(lens(Visibility::Public).opening(story.job(), ahead, EventId(11)).contains("cursor_ahead"));
    assert_eq!(lens(Visibility::Full).opening(story.job(), Plan::Gone, EventId(0)), "");
}

/// A reader that is cut in the middle of an event must come back with the id of the one before. Some take an id for seen as
/// soon as they have read its line (`docs/CLIENTS.md`), so it stands after all that may be long.
#[test]
fn the_id_of_an_event_is_its_last_line() {
    let frame = Frame { name: "x".to_owned(), id: Some(EventId(7)), data: "1\n2".to_owned() };
    assert_eq!(encoded(&frame), "event: x\ndata: 1\ndata: 2\nid: 7\n\n");
}

#[test]
fn the_time_of_a_frame_is_its_id() {
    let events = given_running(support::build::job()).log;
    assert_eq!(events.iter().map(|event| event.id.time()).collect::<Vec<_>>(), [START, START.plus(1), START.plus(2)]);
}
