//! Seed 001, “SSE Events”: each example as the seed prints it, field order included. What the seed elides (`...`)
//! is filled in or left empty.

use super::{frame_of, lens};
use crate::support::build::{START, complete_plainly, fail_for_good, job_id, object, with_stages};
use crate::support::story::{Story, given, given_running, nothing};
use jobcast::command::Command;
use jobcast::event::Created;
use jobcast::id::EventId;
use jobcast::replay::{Plan, plan};
use jobcast::request;
use jobcast::view::Visibility;
use serde_json::{Value, json};

/// The stage events of the seed: event name and data.
const STAGE_EVENTS: [(&str, &str); 13] = [
    ("stage:research", r#"{"stage":"research","type":"start"}"#),
    ("stage:research", r#"{"stage":"research","type":"complete","detail":"5 key facts","durationSec":4.2}"#),
    ("stage:critic", r#"{"stage":"critic","type":"skipped","reason":"Dry run mode"}"#),
    ("stage:visuals", r#"{"stage":"visuals","type":"error","error":"Rate limit exceeded"}"#),
    ("stage:research", r#"{"stage":"research","type":"results","summary":"...","key_facts":["..."],"mood":"epic_cinematic"}"#),
    ("stage:director", r#"{"stage":"director","type":"score","score":{"emotional_arc":"...","archetype":"...","music_mood":"epic_cinematic","scenes":[]}}"#),
    ("stage:director", r#"{"stage":"director","type":"cost_estimate","estimate":{"totalCost":0.12,"breakdown":{}}}"#),
    ("stage:visuals", r#"{"stage":"visuals","type":"music","track":"epic-cinematic-01","mood":"epic_cinematic","requestedMood":"epic_cinematic","fallback":false}"#),
    ("stage:visuals", r#"{"stage":"visuals","type":"music_resolved","provider":"bundled","prompt":"...","metadata":{},"fallback":false}"#),
    ("stage:visuals", r#"{"stage":"visuals","type":"music_generated","provider":"lyria","prompt":"Cinematic orchestral score...","durationSeconds":45}"#),
    ("stage:visuals", r#"{"stage":"visuals","type":"asset","sceneIndex":0,"visualType":"ai_image","path":"scene-001.png"}"#),
    ("stage:critic", r#"{"stage":"critic","type":"review","score":8.5,"strengths":["Engaging narrative arc","Strong visual variety"],"weaknesses":["Scene 3 transition could be smoother"]}"#),
    ("stage:assembly", r#"{"stage":"assembly","type":"complete","detail":"done","durationSec":12}"#),
];

const STAGES: [&str; 6] = ["research", "director", "tts", "visuals", "assembly", "critic"];

/// What a producer posts to have this event: the seed's data, at the route of its stage.
fn report(data: &str) -> Command {
    let body: Value = serde_json::from_str(data).expect("the seed's JSON");
    request::stage(&body, body["stage"].as_str().expect("a stage")).expect("a good report")
}

fn frame(story: &Story) -> String {
    story.events().iter().map(frame_of).collect()
}

#[test]
fn every_stage_event_of_the_seed_comes_out_as_it_stands_there() {
    for (name, data) in STAGE_EVENTS {
        let story = given_running(with_stages(&STAGES)).when(report(data));
        let id = story.job().tail;
        assert_eq!(frame(&story), format!("event: {name}\ndata: {data}\nid: {id}\n\n"));
    }
}

#[test]
fn a_body_need_not_repeat_its_stage_and_the_path_wins() {
    for body in [json!({ "type": "start" }), json!({ "stage": "other", "type": "start" }), json!({ "type": "start", "stage": "x" })] {
        let story = given_running(with_stages(&STAGES)).when(request::stage(&body, "research").expect("good"));
        assert!(frame(&story).contains("data: {\"stage\":\"research\",\"type\":\"start\"}\n"), "{body}");
    }
}

#[test]
fn the_end_of_a_job_is_as_the_seed_says() {
    let completed = given_running(with_stages(&STAGES)).when(complete_plainly());
    assert!(frame(&completed).starts_with("event: job:completed\ndata: {}\nid: "));
    let failed = given_running(with_stages(&STAGES)).when(fail_for_good("ANTHROPIC_API_KEY is required"));
    assert!(frame(&failed).starts_with("event: job:failed\ndata: {\"error\":\"ANTHROPIC_API_KEY is required\"}\nid: "));
}

#[test]
fn the_snapshot_begins_with_the_fields_of_the_seed_in_their_order() {
    let created = Created { topic: Some("Black holes".to_owned()), ..with_stages(&STAGES) };
    let story = given_running(created)
        .when(report(r#"{"stage":"research","type":"start"}"#))
        .when(report(r#"{"stage":"research","type":"complete","detail":"5 key facts","durationSec":4.2}"#))
        .when(report(r#"{"stage":"director","type":"start"}"#));
    let text = lens(Visibility::Public).opening(story.job(), Plan::Snapshot { from: story.job().tail }, EventId(0));
    let expected = concat!(
        r#""topic":"Black holes","status":"running","stages":{"#,
        r#""research":{"status":"done","detail":"5 key facts","durationSec":4.2},"director":{"status":"running"},"#,
        r#""tts":{"status":"pending"},"visuals":{"status":"pending"},"assembly":{"status":"pending"},"#,
        r#""critic":{"status":"pending"}},"#,
    );
    let head = format!("event: job:snapshot\ndata: {{\"id\":\"{}\",{expected}", job_id(1));
    assert!(text.starts_with(&head), "{text}");
}

#[test]
fn a_snapshot_never_shows_the_payload() {
    let story = nothing().when(Command::Create(Box::new(Created { payload: Some(json!("secret")), ..with_stages(&[]) })));
    let text = lens(Visibility::Full).opening(story.job(), Plan::Snapshot { from: EventId(1) }, EventId(0));
    assert!(!text.contains("secret"), "{text}");
}

#[test]
fn who_comes_to_a_finished_job_gets_its_snapshot_and_its_end() {
    let story = given_running(with_stages(&STAGES)).when(complete_plainly()).when(crate::support::build::logs(&["late"]));
    let record = story.record.as_ref().expect("a job");
    let Plan::Snapshot { from } = plan(None, record.bounds(Visibility::Public), record.bounds(Visibility::Public).present()) else { panic!() };
    let replayed: Vec<_> = story.log.iter().filter(|event| event.id > from && Some(event.id) <= record.job.ended_by).collect();
    assert_eq!(replayed.len(), 1);
    assert!(frame_of(replayed[0]).starts_with("event: job:completed\n"));
}

#[test]
fn meta_shows_where_no_word_of_ours_stands() {
    let meta = object(json!({ "id": "theirs", "author": "anna" }));
    let story = given(Created { meta, ..with_stages(&[]) });
    let text = lens(Visibility::Public).opening(story.job(), Plan::Snapshot { from: START_ID }, EventId(0));
    assert!(text.contains(r#""author":"anna""#) && !text.contains("theirs"), "{text}");
}

const START_ID: EventId = EventId(START.0);
