//! The format cases of web-platform-tests, through the encoder and through every field that reaches a frame of a job's
//! stream: each comes out as the text that went in. Bare data is the exception: its line ends come out as LF.

use super::{encoded, frame_of, lens, written};
use crate::support::build::{
    checkpoint, complete, custom, fail_for_good, job, kill, line, logs, object, progress, stage, with_stages,
};
use crate::support::format::cases;
use crate::support::reader::{read, read_in};
use crate::support::story::{given, given_running};
use jobcast::command::{Command, LogEntry, RetryPolicy};
use jobcast::event::Created;
use jobcast::id::EventId;
use jobcast::replay::Plan;
use jobcast::request;
use jobcast::sse::Frame;
use jobcast::view::Visibility;
use serde_json::{Value, json};

/// Where in a frame's data the text stands.
type Place = &'static str;

#[test]
fn as_bare_data_every_case_is_one_event_with_its_lines() {
    for (case, text) in cases() {
        let frame = Frame { name: "x".to_owned(), id: Some(EventId(7)), data: text };
        let between = [encoded(&frame), encoded(&frame)].concat();
        for fragment in [1, 2, 3, between.len()] {
            assert_eq!(
                read_in(&between, fragment),
                [written(&frame), written(&frame)],
                "{case}, {fragment} bytes at a time"
            );
        }
    }
}

#[test]
fn in_every_field_of_a_report_every_case_comes_out_as_it_went_in() {
    for (case, text) in cases() {
        for (place, command) in reports(&text) {
            let story = given_running(job()).when(command);
            let data = data(&frame_of(story.events().last().expect("an event")));
            assert_eq!(data.pointer(place), Some(&json!(text)), "{case} in {place}");
        }
    }
}

/// A report for each field that takes text of the producer's, and where the stream shows it.
fn reports(text: &str) -> Vec<(Place, Command)> {
    let held = json!({ "x": [text] });
    let with_metadata = LogEntry { metadata: Some(held.clone()), source: Some(text.to_owned()), ..line(text) };
    let coded = Command::Fail { error: String::new(), error_code: Some(text.to_owned()), retry: RetryPolicy::Never };
    vec![
        ("/message", progress(1.0, text)),
        ("/detail", stage("encode", "complete", json!({ "detail": text }))),
        ("/type", stage("encode", text, json!({}))),
        ("/x/0", stage("encode", "note", held.clone())),
        ("/data/x/0", checkpoint(held.clone())),
        ("/data/x/0", custom(held.clone())),
        ("/result/x/0", complete(held)),
        ("/error", fail_for_good(text)),
        ("/code", coded),
        ("/reason", kill(text)),
        ("/lines/0/message", logs(&[text])),
        ("/lines/0/source", Command::Logs(vec![with_metadata.clone()].into())),
        ("/lines/0/metadata/x/0", Command::Logs(vec![with_metadata].into())),
    ]
}

#[test]
fn as_the_name_of_a_field_every_case_comes_out_as_it_went_in() {
    for (case, text) in cases() {
        let story = given_running(job()).when(custom(json!({ &text: 1 })));
        assert_eq!(data(&frame_of(&story.events()[0]))["data"], json!({ &text: 1 }), "{case}");
    }
}

#[test]
fn in_every_field_of_a_snapshot_every_case_comes_out_as_it_went_in() {
    for (case, text) in cases() {
        let given_text = || Some(text.clone());
        let meta = object(json!({ "x": [text] }));
        let created =
            Created { topic: given_text(), name: given_text(), file_path: given_text(), meta, ..with_stages(&[&text]) };
        let story = given(created);
        let snapshot =
            data(&lens(Visibility::Full).opening(story.job(), Plan::Snapshot { from: EventId(7) }, EventId(0)));
        for place in ["/topic", "/name", "/filePath", "/x/0"] {
            assert_eq!(snapshot.pointer(place), Some(&json!(text)), "{case} in {place}");
        }
        assert!(snapshot["stages"].get(&text).is_some(), "{case} as a stage");
    }
}

/// A stage's name is the one text of a producer's that stands in a frame outside of its data.
#[test]
fn a_stage_whose_name_looks_like_a_field_is_an_event_of_that_name() {
    for name in
        ["data: x", "id: 9", ":", ": ping", "retry: 1", "\u{feff}x", "1\u{2028}2", "🦀", "a:b", "event: job:completed"]
    {
        let Ok(command) = request::stage(&json!({ "type": "start" }), name) else { panic!("{name} is a name") };
        let story = given_running(job()).when(command);
        let blocks = read(&frame_of(&story.events()[0]));
        assert_eq!(blocks[0].event.as_deref(), Some(format!("stage:{name}").as_str()));
        assert_eq!(data(&frame_of(&story.events()[0]))["stage"], name);
    }
    for name in ["", " x", "x ", "a\nb", "a\rb", "a\0b", "a\u{85}b"] {
        assert!(request::stage(&json!({ "type": "start" }), name).is_err(), "{name:?}");
    }
}

/// The data of the one event of a text.
fn data(text: &str) -> Value {
    let blocks = read(text);
    assert_eq!(blocks.len(), 1, "{blocks:?}");
    serde_json::from_str(blocks[0].data.as_deref().expect("data")).expect("JSON")
}
