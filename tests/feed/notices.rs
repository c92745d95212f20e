//! Each fact's notice and its frames, to the letter; what is stored of both; and what a job may leave out.

use crate::support::build::{START, job, job_id, project, request_id};
use crate::support::{facts, hostile};
use crate::{shown, told};
use jobcast::event::{Created, Event, Fact, Origin};
use jobcast::feed::{Channel, Feed};
use jobcast::id::EventId;
use jobcast::limits;
use jobcast::notice::{News, Notice, Views, conflate};
use proptest::prelude::*;
use serde_json::json;

fn stored(notice: &Notice) -> String {
    serde_json::to_string(notice).expect("written")
}

fn frame((name, data): facts::Shown) -> String {
    if name.is_empty() { String::new() } else { format!("event: {name}\ndata: {data}\nid: 1772355600000\n\n") }
}

fn deleted() -> Notice {
    Notice::deleted(&facts::created(), EventId(START.0), 2, Some(request_id(1)))
}

#[test]
fn each_fact_has_its_notice_or_the_project_hears_nothing() {
    for sample in facts::samples() {
        let notice = told(&facts::created(), &sample.event());
        assert_eq!(notice.as_ref().map(stored).as_deref(), sample.told.as_ref().map(|told| told.notice), "{:?}", sample.fact);
        let read = sample.told.map(|told| serde_json::from_str::<Notice>(told.notice).expect("read"));
        assert_eq!(read, notice);
    }
}

#[test]
fn each_notice_has_its_frames_to_the_letter() {
    for sample in facts::samples() {
        let (Some(notice), Some(expected)) = (told(&facts::created(), &sample.event()), sample.told) else { continue };
        assert_eq!(shown(Channel::Queue, &notice), frame(expected.queue), "{:?}", sample.fact);
        assert_eq!(shown(Channel::Activity, &notice), frame(expected.asset), "{:?}", sample.fact);
    }
}

#[test]
fn a_notice_stands_in_the_views_that_show_it() {
    assert_eq!((Views::QUEUE.bits(), Views::ASSET.bits()), (1, 2), "the bits are stored");
    for notice in facts::samples().iter().filter_map(|sample| told(&facts::created(), &sample.event())).chain([deleted()]) {
        for channel in [Channel::Queue, Channel::Activity] {
            let is_shown = !shown(channel, &notice).is_empty();
            assert_eq!(notice.views().bits() & channel.views().bits() != 0, is_shown, "{channel:?} {notice:?}");
        }
        assert_ne!(notice.views().bits(), 0, "nobody would see {notice:?}");
    }
}

#[test]
fn a_deletion_is_told_without_an_event_of_the_log() {
    let pinned = concat!(
        r#"{"job":"job_01KJMA0FM00000000000000001","event":1772355600000,"attempt":2,"filePath":"/in.mp4","#,
        r#""request":"req_01KJMA0FM00000000000000001","latencyMs":null,"news":{"type":"deleted"}}"#
    );
    assert_eq!(stored(&deleted()), pinned);
    assert_eq!(serde_json::from_str::<Notice>(pinned).expect("read"), deleted());
    let data = r#"{"jobId":"job_01KJMA0FM00000000000000001","filePath":"/in.mp4"}"#;
    assert_eq!(shown(Channel::Queue, &deleted()), frame(("job:deleted", data)));
    assert_eq!(shown(Channel::Activity, &deleted()), "");
}

#[test]
fn a_feed_is_stored_in_its_pinned_form_and_read_from_it() {
    let feed = Feed { floor: EventId(1), thinned: EventId(2), tail: EventId(3), ..Feed::new(project()) };
    let pinned = r#"{"project":"prj_01KJMA0FM00000000000000001","floor":1,"thinned":2,"tail":3}"#;
    assert_eq!(serde_json::to_string(&feed).expect("written"), pinned);
    assert_eq!(serde_json::from_str::<Feed>(pinned).expect("read"), feed);
}

#[test]
fn the_channels_that_sleep_with_a_socket_keep_their_words() {
    let words = [Channel::Queue, Channel::Activity].map(|channel| serde_json::to_string(&channel).expect("written"));
    assert_eq!(words, [r#""queue""#, r#""activity""#]);
}

#[test]
fn long_texts_stay_in_the_job() {
    let long = "x".repeat(9 * limits::MESSAGE_TEXT);
    let report = |word: &str| jobcast::event::StageReport {
        stage: "vision".to_owned(),
        word: word.to_owned(),
        fields: json!({ "error": long, "code": long }).as_object().expect("an object").clone(),
    };
    let facts = [
        Fact::Failed { error: long.clone(), error_code: None },
        Fact::RetryScheduled { error: long.clone(), error_code: None, next_attempt: 2, retry_at: START },
        Fact::Cancelled { reason: Some(long.clone()), by: jobcast::event::CancelledBy::Kill },
        Fact::StageFailed(report("error")),
    ];
    for fact in facts {
        let notice = told(&job(), &Event { id: EventId(START.0), attempt: 1, fact, origin: Origin::default() }).expect("a notice");
        let size = stored(&notice).len();
        // A stage has two texts, its error and its code; the rest is small.
        assert!(size < 3 * limits::MESSAGE_TEXT, "{size} bytes of {:?}", notice.news);
    }
}

/// What a job tells at once, named by where it stood.
fn batches() -> impl Strategy<Value = Vec<Notice>> {
    let news = prop_oneof![
        3 => (0.0..=100.0).prop_map(|percent| News::Progress { percent }),
        1 => Just(News::Started {}),
        1 => Just(News::Completed {}),
    ];
    let at = |(place, news)| {
        let Created { id: job, file_path, .. } = job();
        Notice { job, event: EventId(place as u64 + 1), attempt: 1, file_path, request: None, latency_ms: None, news }
    };
    proptest::collection::vec(news, 0..20).prop_map(move |news| news.into_iter().enumerate().map(at).collect())
}

proptest! {
    #![proptest_config(hostile::cases(256))]

    #[test]
    fn only_progress_that_the_next_progress_overtakes_is_left_out(told in batches()) {
        let is_overtaken = |place: usize| told[place].is_progress() && told.get(place + 1).is_some_and(Notice::is_progress);
        let expected: Vec<Notice> = (0..told.len()).filter(|place| !is_overtaken(*place)).map(|place| told[place].clone()).collect();
        prop_assert_eq!(conflate(told), expected);
    }
}

#[test]
fn nobody_else_s_texts_are_told() {
    // The payload, the result and the fields of a producer are the job's alone.
    let created = Created { id: job_id(2), payload: Some(json!("secret")), meta: facts::created().meta, ..job() };
    let event = |fact| Event { id: EventId(START.0), attempt: 1, fact, origin: Origin::default() };
    let facts = [Fact::Created(Box::new(created.clone())), Fact::Completed { result: Some(json!("secret")) }];
    for fact in facts {
        let notice = stored(&told(&created, &event(fact)).expect("a notice"));
        assert!(!notice.contains("secret") && !notice.contains("anna"), "{notice}");
    }
}
