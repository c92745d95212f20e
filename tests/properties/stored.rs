//! What is stored reads back: facts, records, and the calls between the Worker and the object.

use crate::support::{build, facts, hostile, story::nothing};
use crate::{created, fold, live, steps, take};
use jobcast::call::{Answer, Ask, Call, Order};
use jobcast::command::Command;
use jobcast::event::Fact;
use jobcast::record::Record;
use jobcast::view::pipeline::{Lens, Narrowing};
use jobcast::view::{JobLens, Visibility};
use proptest::prelude::*;

/// As `edge::journal` stores and reads it.
fn stored<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).expect("written")).expect("read")
}

#[test]
fn each_fact_is_stored_in_its_pinned_form_and_read_from_it() {
    for sample in facts::samples() {
        assert_eq!(serde_json::to_string(&sample.fact).expect("written"), sample.stored);
        assert_eq!(serde_json::from_str::<Fact>(sample.stored).expect("read"), sample.fact);
    }
}

#[test]
fn a_page_of_the_log_shows_the_stored_words() {
    for sample in facts::samples() {
        let entry = jobcast::response::page_entry(&sample.event(), jobcast::view::Visibility::Full);
        let mut stored: serde_json::Value = serde_json::from_str(sample.stored).expect("JSON");
        in_iso_8601(&mut stored["data"]);
        assert_eq!((&entry["type"], &entry["data"]), (&stored["type"], &stored["data"]));
        let head = (&entry["id"], &entry["attempt"], &entry["ts"]);
        assert_eq!(head, (&1_772_355_600_000u64.into(), &2.into(), &"2026-03-01T09:00:00.000Z".into()));
    }
}

/// Times are stored in ms since 1970 and told as in every other answer.
fn in_iso_8601(data: &mut serde_json::Value) {
    for (field, stored, told) in [
        ("scheduledFor", 1_772_355_600_000u64, "2026-03-01T09:00:00.000Z"),
        ("retryAt", 1_772_355_601_500, "2026-03-01T09:00:01.500Z"),
    ] {
        if data[field] == stored {
            data[field] = told.into();
        }
    }
}

/// The record of a job in the middle of its life.
#[test]
fn a_record_is_stored_in_its_pinned_form_and_read_from_it_and_from_older_ones() {
    let story = crate::support::story::given_running(build::with_stages(&["probe"]))
        .when(build::stage("probe", "start", serde_json::json!({ "detail": "1080p" })))
        .when(build::progress(65.0, "Encoding"));
    let pinned = include_str!("record.json").trim_end();
    let record = story.record.expect("a job");
    assert_eq!(serde_json::to_string(&record).expect("written"), pinned);
    for form in [pinned, include_str!("record-0.1.json")] {
        assert_eq!(serde_json::from_str::<Record>(form).expect("read"), record);
    }
}

/// During a deploy both releases speak to each other for a moment.
#[test]
fn a_call_without_the_fields_that_came_later_is_understood() {
    let sent = concat!(
        r#"{"job":"job_01KJMA0FM00000000000000001","project":"prj_01KJMA0FM00000000000000001","ask":{"Command":"#,
        r#"{"command":"ack","attempt":null,"once":null,"answer":"Job"}}}"#
    );
    let Ask::Command(order) = serde_json::from_str::<Call>(sent).expect("read").ask else { panic!("a command") };
    assert_eq!((order.command, order.request, order.is_repeat), (Command::Ack, None, false));
}

/// What sleeps with a subscriber's socket, and is read back when the object wakes.
#[test]
fn a_lens_keeps_its_words() {
    let narrowing = Narrowing::parse(Some("job:progress,stage:*")).expect("good names");
    let lenses = [
        (JobLens::Asset, r#""asset""#),
        (
            JobLens::Pipeline(Lens { visibility: Visibility::Full, narrowing }),
            r#"{"pipeline":{"visibility":"full","narrowing":["job:progress","stage:*"]}}"#,
        ),
    ];
    for (lens, pinned) in lenses {
        assert_eq!(serde_json::to_string(&lens).expect("written"), pinned);
        assert_eq!(serde_json::from_str::<JobLens>(pinned).expect("read"), lens);
    }
    assert_eq!(JobLens::Asset.visibility(), Visibility::Public);
}

proptest! {
    #![proptest_config(hostile::cases(96))]

    #[test]
    fn facts_survive_their_storage(created in created(), steps in steps()) {
        for event in live(created, &steps, |_, _, _, _| {}).log {
            prop_assert_eq!(stored(&event.fact), event.fact);
        }
    }

    #[test]
    fn a_record_stored_on_the_way_and_caught_up_is_the_record(created in created(), steps in steps(), cut: prop::sample::Index) {
        let story = live(created, &steps, |_, _, _, _| {});
        let cut = cut.index(story.log.len()) + 1;
        let on_the_way = fold(&story.log[..cut]).map(|record| stored(&record));
        let caught_up = story.log[cut..].iter().fold(on_the_way, Record::with);
        prop_assert_eq!(caught_up, story.record);
    }

    #[test]
    fn a_job_that_slept_between_any_two_commands_decides_as_one_that_did_not(created in created(), steps in steps()) {
        let awake = live(created.clone(), &steps, |_, _, _, _| {});
        let mut sleepy = nothing().when(build::create(created));
        for step in &steps {
            sleepy.record = sleepy.record.as_ref().map(stored);
            let _ = take(&mut sleepy, step);
        }
        prop_assert_eq!(sleepy.log, awake.log);
    }

    #[test]
    fn a_call_to_the_object_arrives_as_it_was_sent(step in crate::step()) {
        let order = Order { command: step.command.clone(), attempt: step.attempt, once: None, claim: None, request: None, is_repeat: false, answer: Answer::Job };
        let call: Call = stored(&Call { job: build::job_id(1), project: build::project(), ask: Ask::Command(order) });
        let Ask::Command(order) = call.ask else { panic!("a command") };
        prop_assert_eq!((order.command, order.attempt), (step.command, step.attempt));
    }
}
