//! A project's streams on the wire, read back by a parser that we did not write; and the seed's queue view.

use crate::support::build::{START, complete_plainly, fail_for_good, job, progress};
use crate::support::reader::{read, read_in};
use crate::support::story::{Story, given};
use crate::support::{facts, hostile};
use crate::{shown, told};
use jobcast::command::Command;
use jobcast::event::{Created, StageReport};
use jobcast::feed::{Channel, Entry, Feed, heartbeat};
use jobcast::id::EventId;
use jobcast::notice::{News, Notice};
use jobcast::replay::{Plan, ResetReason};
use jobcast::time::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

fn feed(tail: u64) -> Feed {
    Feed { tail: EventId(tail), ..Feed::new(crate::support::build::project()) }
}

fn plans() -> [(Plan, Option<&'static str>); 5] {
    let (from, reset) = (EventId(7), |reason| Plan::Reset { reason, from: EventId(7) });
    [
        (Plan::Snapshot { from }, None),
        (Plan::Replay { from }, None),
        (reset(ResetReason::CursorTooOld), Some("cursor_too_old")),
        (reset(ResetReason::CursorAhead), Some("cursor_ahead")),
        (reset(ResetReason::CursorUnknown), Some("cursor_unknown")),
    ]
}

#[test]
fn the_queue_begins_with_connected_which_carries_the_place_and_a_reset_stands_before_it() {
    for (plan, reason) in plans() {
        let blocks = read(&Channel::Queue.opening(plan, EventId(3), "client_abc123"));
        let names: Vec<_> = blocks.iter().map(|block| block.event.as_deref().unwrap_or_default()).collect();
        assert_eq!(names, if reason.is_some() { vec!["reset", "connected"] } else { vec!["connected"] });
        let connected = blocks.last().expect("a block");
        assert_eq!((connected.id.as_deref(), connected.data.as_deref()), (Some("7"), Some(r#"{"clientId":"client_abc123"}"#)));
        if let Some(reason) = reason {
            let data: Value = serde_json::from_str(blocks[0].data.as_deref().unwrap_or_default()).expect("JSON");
            assert_eq!((data, blocks[0].id.as_deref()), (json!({ "reason": reason, "oldest": 3 }), None));
        }
    }
}

#[test]
fn the_activity_begins_with_its_events_or_with_a_reset() {
    for (plan, reason) in plans() {
        let blocks = read(&Channel::Activity.opening(plan, EventId(3), "client_abc123"));
        let names: Vec<_> = blocks.iter().map(|block| block.event.as_deref().unwrap_or_default()).collect();
        assert_eq!(names, if reason.is_some() { vec!["reset"] } else { vec![] });
    }
}

#[test]
fn nothing_is_said_to_who_is_told_that_there_is_nothing() {
    for channel in [Channel::Queue, Channel::Activity] {
        assert_eq!(channel.opening(Plan::Gone, EventId(3), "client_abc123"), "");
    }
}

/// All that the queue view shows of a life.
fn queue(story: &Story) -> String {
    story.log.iter().filter_map(|event| told(&story.job().created, event)).map(|notice| shown(Channel::Queue, &notice)).collect()
}

/// Seed 000, “Events”, with the ids that the contract adds.
#[test]
fn the_events_of_the_seed_come_out_as_they_stand_there() {
    let created = Created { file_path: Some("videos/clip.mp4".to_owned()), priority: 1, ..job() };
    let running = || given(created.clone()).when(Command::Ack).when(progress(47.0, "Encoding"));
    let expected = |end: &str| {
        let head = [
            r#"event: job:created|data: {"jobId":"J","filePath":"videos/clip.mp4","status":"pending","priority":1}"#,
            r#"event: job:started|data: {"jobId":"J","filePath":"videos/clip.mp4","status":"running"}"#,
            r#"event: job:progress|data: {"jobId":"J","progress":47}"#,
            end,
        ];
        let frame = |text: &str| format!("{}\nid: 1772355600000\n\n", text.replace('|', "\n").replace('J', job().id.as_str()));
        head.map(frame).concat()
    };
    assert_eq!(
        queue(&running().when(complete_plainly())),
        expected(r#"event: job:completed|data: {"jobId":"J","filePath":"videos/clip.mp4","status":"completed"}"#)
    );
    assert_eq!(
        queue(&running().when(fail_for_good("FFmpeg process exited with code 1"))),
        expected(r#"event: job:error|data: {"jobId":"J","filePath":"videos/clip.mp4","status":"error","error":"FFmpeg process exited with code 1"}"#)
    );
}

#[test]
fn the_heartbeat_moves_no_cursor() {
    let blocks = read(&heartbeat(START));
    assert_eq!(blocks.len(), 1);
    assert_eq!((blocks[0].event.as_deref(), blocks[0].id.as_deref()), (Some("heartbeat"), None));
    assert_eq!(blocks[0].data.as_deref(), Some(r#"{"timestamp":"2026-03-01T09:00:00.000Z"}"#));
}

#[test]
fn an_entry_goes_by_its_place_in_the_feed_and_not_in_its_job() {
    let event = facts::samples().remove(0).event();
    let notice = told(&facts::created(), &event).expect("a notice");
    let mut out = String::new();
    Channel::Queue.encode(&Entry { id: EventId(5), notice: notice.clone() }, &mut out);
    Channel::Activity.encode(&Entry { id: EventId(6), notice }, &mut out);
    let ids: Vec<_> = read(&out).into_iter().map(|block| block.id.unwrap_or_default()).collect();
    assert_eq!(ids, ["5", "6"]);
}

fn notices() -> impl Strategy<Value = Notice> {
    let news = prop_oneof![
        hostile::text().prop_map(|error| News::Failed { error, code: None }),
        (hostile::text(), hostile::text()).prop_map(|(error, code)| News::Retry {
            next_attempt: 2, retry_at: START, error: Some(error), code: Some(code),
        }),
        (hostile::text(), hostile::text()).prop_map(|(stage, error)| News::Stage {
            stage, word: "error".to_owned(), error: Some(error), code: None,
        }),
        any::<u8>().prop_map(|priority| News::Created { priority }),
        Just(News::Deleted {}),
    ];
    (hostile::text(), news).prop_map(|(path, news)| Notice {
        job: job().id, event: EventId(1), attempt: 1, file_path: Some(path), request: None, latency_ms: None, news,
    })
}

proptest! {
    #![proptest_config(hostile::cases(256))]

    #[test]
    fn no_producer_can_inject_a_frame_into_a_project_s_stream(notices in proptest::collection::vec(notices(), 1..5), fragment in 1usize..40) {
        let entries = feed(0).append(notices, START);
        for channel in [Channel::Queue, Channel::Activity] {
            let mut text = String::new();
            entries.iter().for_each(|entry| channel.encode(entry, &mut text));
            let blocks = read_in(&text, fragment);
            let expected: Vec<_> = entries.iter().filter(|entry| entry.notice.views().bits() & channel.views().bits() != 0).collect();
            prop_assert_eq!(blocks.len(), expected.len());
            for (block, entry) in blocks.iter().zip(expected) {
                prop_assert_eq!(block.id.clone(), Some(entry.id.to_string()));
                let data: Value = serde_json::from_str(block.data.as_deref().unwrap_or_default()).expect("JSON");
                prop_assert!(data.is_object());
            }
        }
    }

    #[test]
    fn a_notice_survives_its_storage_and_the_way_to_the_feed(notice in notices()) {
        let stored = serde_json::to_string(&notice).expect("written");
        prop_assert_eq!(serde_json::from_str::<Notice>(&stored).expect("read"), notice);
    }

    #[test]
    fn places_in_a_feed_always_grow_whatever_the_clock_does(batches in proptest::collection::vec((0usize..5, -5_000i64..5_000), 1..20)) {
        let (mut feed, mut now, mut ids) = (feed(0), START.0, vec![]);
        for (count, drift) in batches {
            now = now.saturating_add_signed(drift);
            let notices = vec![Notice::deleted(&job(), EventId(1), 1, None); count];
            let entries = feed.append(notices, Timestamp(now));
            prop_assert!(entries.iter().all(|entry| entry.id.0 >= now));
            prop_assert_eq!(entries.len(), count);
            ids.extend(entries.iter().map(|entry| entry.id));
        }
        prop_assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", ids);
        prop_assert_eq!(feed.tail, ids.last().copied().unwrap_or_default());
    }
}

/// A stage report of nobody's stage tells nothing, so that it costs the feed no row.
#[test]
fn what_no_view_shows_is_not_told() {
    let fields = serde_json::Map::new();
    let report = StageReport { stage: "vision".to_owned(), word: "frames".to_owned(), fields };
    let event = |fact| jobcast::event::Event { id: EventId(1), attempt: 1, fact, origin: Default::default() };
    assert_eq!(told(&job(), &event(jobcast::event::Fact::StageReported(report))), None);
}
