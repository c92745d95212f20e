//! Bodies: the seeds' own, bad ones, and those just at their limits.

use crate::support::build::{self, job_id, project};
use crate::support::story::given_running;
use crate::{invalid, limits, refusal};
use jobcast::command::Command;
use jobcast::event::{Created, Fact};
use jobcast::fields::parse_json;
use jobcast::problem::{Code, Problem};
use jobcast::request::{self, Creation};
use serde_json::{Value, json};

type Parser = fn(&Value) -> Result<(), Problem>;

fn created(body: &Value) -> Result<Creation, Problem> {
    let mut next = 0;
    request::create(body, &project(), || {
        next += 1;
        job_id(next)
    })
}

fn one(body: Value) -> Created {
    match created(&body) {
        Ok(Creation::One(created)) => *created,
        other => panic!("{other:?}"),
    }
}

const CREATE: Parser = |body| created(body).map(|_| ());
const PROGRESS: Parser = |body| request::progress(body).map(|_| ());
const STAGE: Parser = |body| request::stage(body, "encode").map(|_| ());
const CHECKPOINT: Parser = |body| request::checkpoint(body).map(|_| ());
const EVENT: Parser = |body| request::custom(body).map(|_| ());
const COMPLETE: Parser = |body| request::complete(body).map(|_| ());
const FAIL: Parser = |body| request::fail(body).map(|_| ());
const KILL: Parser = |body| request::kill(body).map(|_| ());
const POLL: Parser = |body| request::poll(body).map(|_| ());

#[test]
fn each_bad_body_is_refused_with_its_field() {
    let cases: &[(Parser, &str, &[&str])] = &[
        (PROGRESS, "percent", &[r#"{}"#, r#"{"percent":null}"#, r#"{"percent":101}"#, r#"{"percent":-0.1}"#, r#"{"percent":"65"}"#]),
        (PROGRESS, "message", &[r#"{"percent":1,"message":""}"#, r#"{"percent":1,"message":5}"#]),
        (PROGRESS, "subProgress", &[r#"{"percent":1,"subProgress":[]}"#, r#"{"percent":1,"subProgress":"x"}"#]),
        (PROGRESS, "subProgress.dl", &[r#"{"percent":1,"subProgress":{"dl":5}}"#]),
        (PROGRESS, "subProgress.dl.percent", &[r#"{"percent":1,"subProgress":{"dl":{}}}"#, r#"{"percent":1,"subProgress":{"dl":{"percent":101}}}"#]),
        (PROGRESS, "subProgress.dl.message", &[r#"{"percent":1,"subProgress":{"dl":{"percent":1,"message":""}}}"#]),
        (CREATE, "name", &[r#"{"name":""}"#, r#"{"name":5}"#]),
        (CREATE, "filePath", &[r#"{"filePath":""}"#]),
        (CREATE, "topic", &[r#"{"topic":[]}"#]),
        (CREATE, "priority", &[r#"{"priority":0}"#, r#"{"priority":4}"#, r#"{"priority":"high"}"#, r#"{"priority":1.5}"#, r#"{"priority":-1}"#]),
        (CREATE, "meta", &[r#"{"meta":[]}"#, r#"{"meta":"x"}"#]),
        (CREATE, "stages", &[r#"{"stages":"probe"}"#, r#"{"stages":[1]}"#, r#"{"stages":[""]}"#]),
        (CREATE, "stages[0]", &[r#"{"stages":["a,b"]}"#, r#"{"stages":[" a"]}"#, r#"{"stages":["a\nb"]}"#, r#"{"stages":["a\u0000"]}"#, r#"{"stages":["*"]}"#]),
        (CREATE, "stages[1]", &[r#"{"stages":["a","a"]}"#]),
        (CREATE, "maxAttempts", &[r#"{"maxAttempts":0}"#, r#"{"maxAttempts":26}"#, r#"{"maxAttempts":"3"}"#]),
        (CREATE, "timeoutSeconds", &[r#"{"timeoutSeconds":0}"#, r#"{"timeoutSeconds":86401}"#]),
        (CREATE, "scheduledFor", &[r#"{"scheduledFor":"tomorrow"}"#, r#"{"scheduledFor":1772355600000}"#, r#"{"scheduledFor":"2026-03-01T09:00:00"}"#]),
        (CREATE, "body", &["5", "null", r#""x""#, "[]"]),
        (CREATE, "[1].priority", &[r#"[{},{"priority":9}]"#]),
        (CREATE, "[1]", &["[{},5]"]),
        (STAGE, "type", &[r#"{}"#, r#"{"type":""}"#, r#"{"type":5}"#]),
        (STAGE, "durationSec", &[r#"{"type":"complete","durationSec":-1}"#, r#"{"type":"complete","durationSec":"4"}"#]),
        (FAIL, "error", &[r#"{"error":""}"#, r#"{"error":{}}"#]),
        (FAIL, "code", &[r#"{"error":"x","code":5}"#]),
        (FAIL, "retry", &[r#"{"error":"x","retry":"no"}"#]),
        (KILL, "reason", &[r#"{"reason":""}"#]),
        (POLL, "count", &[r#"{"count":0}"#, r#"{"count":51}"#, r#"{"count":"1"}"#]),
        (POLL, "names", &[r#"{"names":"a"}"#, r#"{"names":[""]}"#]),
        (POLL, "waitSeconds", &[r#"{"waitSeconds":21}"#, r#"{"waitSeconds":-1}"#]),
    ];
    for (parser, field, bodies) in cases {
        for body in *bodies {
            let value = parse_json(body.as_bytes()).expect("JSON");
            assert_eq!(refusal(parser(&value)), invalid(field), "{body}");
        }
    }
}

#[test]
fn where_an_object_is_asked_for_nothing_else_will_do() {
    for parser in [PROGRESS, STAGE, CHECKPOINT, EVENT, COMPLETE, FAIL, KILL, POLL] {
        for body in [json!([]), json!(5), json!("x"), json!(null)] {
            assert_eq!(refusal(parser(&body)), invalid("body"), "{body}");
        }
    }
}

#[test]
fn what_is_no_json_is_told_apart_and_placed() {
    let broken = |field: &str| Some((Code::InvalidJson, field.to_owned()));
    for (text, field) in [
        (r#"{"percent":NaN}"#, "percent"),
        (r#"{"percent":1e400}"#, "percent"),
        (r#"{"percent":1"#, "body"),
        ("{", "body"),
        ("{} {}", "body"),
        ("percent=1", "body"),
        ("\u{feff}{}", "body"),
    ] {
        assert_eq!(refusal(parse_json(text.as_bytes())), broken(field), "{text}");
    }
    assert_eq!(refusal(parse_json(b"\"\xff\"")).map(|(code, _)| code), Some(Code::InvalidJson));
}

#[test]
fn no_body_says_what_an_empty_object_says() {
    for text in ["", "  ", "\r\n", "{}"] {
        assert_eq!(request::body(text.as_bytes()).unwrap(), json!({}), "{text:?}");
    }
}

#[test]
fn the_bodies_of_the_seeds_are_taken() {
    let progress = json!({
        "percent": 65, "message": "Encoding video",
        "subProgress": { "download": { "percent": 100, "message": "Source fetched" }, "transcode": { "percent": 42, "message": "Pass 1/2" } },
    });
    let Command::Progress(read) = request::progress(&progress).unwrap() else { panic!() };
    assert_eq!(serde_json::to_value(&read).unwrap(), progress);
    let checkpoint = json!({ "checkpoint": "processed_frames", "count": 1500, "last_offset": 45000 });
    let Command::Checkpoint(read) = request::checkpoint(&checkpoint).unwrap() else { panic!() };
    assert_eq!(Value::Object(read), checkpoint);
    let event = json!({ "phase": "encoder", "host": "worker-3", "note": "switched bitrate ladder" });
    let Command::Custom(read) = request::custom(&event).unwrap() else { panic!() };
    assert_eq!(Value::Object(read), event);
}

#[test]
fn a_job_has_the_defaults_of_the_contract() {
    let created = one(json!({}));
    assert_eq!((created.priority, created.max_attempts, created.timeout_seconds), (2, 3, 300));
    assert_eq!((created.stages.len(), created.meta.len(), created.scheduled_for), (0, 0, None));
}

#[test]
fn unknown_fields_are_passed_over() {
    assert_eq!(one(json!({ "name": "a", "colour": "red", "deep": { "x": [] } })), one(json!({ "name": "a" })));
    assert_eq!(request::progress(&json!({ "percent": 1, "eta": 9 })).unwrap(), request::progress(&json!({ "percent": 1 })).unwrap());
    assert_eq!(request::poll(&json!({ "max": 1 })).unwrap(), request::poll(&json!({})).unwrap());
    assert_eq!(request::kill(&json!({ "force": true })).unwrap(), request::kill(&json!({})).unwrap());
}

#[test]
fn each_limit_passes_and_one_more_does_not() {
    let text = |length: usize| "é".repeat(length);
    let stages = |count: usize| (0..count).map(|number| format!("s{number}")).collect::<Vec<_>>();
    type Case = (Parser, &'static str, fn(Value) -> Value, Value, Value);
    let cases: Vec<Case> = vec![
        (CREATE, "name", |v| json!({ "name": v }), json!(text(limits::SHORT_TEXT)), json!(text(limits::SHORT_TEXT + 1))),
        (CREATE, "filePath", |v| json!({ "filePath": v }), json!(text(limits::PATH_TEXT)), json!(text(limits::PATH_TEXT + 1))),
        (CREATE, "priority", |v| json!({ "priority": v }), json!(3), json!(4)),
        (CREATE, "maxAttempts", |v| json!({ "maxAttempts": v }), json!(25), json!(26)),
        (CREATE, "timeoutSeconds", |v| json!({ "timeoutSeconds": v }), json!(86_400), json!(86_401)),
        (CREATE, "stages", |v| json!({ "stages": v }), json!(stages(limits::STAGES)), json!(stages(limits::STAGES + 1))),
        (CREATE, "stages[0]", |v| json!({ "stages": [v] }), json!(text(64)), json!(text(65))),
        (CREATE, "body", |v| v, json!(vec![json!({}); 100]), json!(vec![json!({}); 101])),
        (PROGRESS, "percent", |v| json!({ "percent": v }), json!(100), json!(100.000_001)),
        (PROGRESS, "percent", |v| json!({ "percent": v }), json!(0), json!(-0.000_001)),
        (CREATE, "topic", |v| json!({ "topic": v }), json!(text(limits::TOPIC_TEXT)), json!(text(limits::TOPIC_TEXT + 1))),
        (FAIL, "code", |v| json!({ "error": "x", "code": v }), json!(text(limits::SHORT_TEXT)), json!(text(limits::SHORT_TEXT + 1))),
        (POLL, "count", |v| json!({ "count": v }), json!(50), json!(51)),
        (POLL, "waitSeconds", |v| json!({ "waitSeconds": v }), json!(20), json!(21)),
    ];
    for (parser, field, body, most, more) in cases {
        assert_eq!(refusal(parser(&body(most))), None, "{field}");
        assert_eq!(refusal(parser(&body(more))), invalid(field), "{field}");
    }
}

#[test]
fn a_long_error_is_taken_whole_and_kept_in_part() {
    let trace = "é".repeat(10_000);
    let command = request::fail(&json!({ "error": trace, "retry": false })).unwrap();
    let story = given_running(build::job()).when(command);
    assert!(matches!(story.fact(), Fact::Failed { error, .. } if *error == trace), "the event has all of it");
    let kept = story.job().error.clone().unwrap_or_default();
    assert!(trace.starts_with(kept.trim_end_matches('…')) && kept.chars().count() <= limits::MESSAGE_TEXT + 1);
}

#[test]
fn many_jobs_get_an_id_each() {
    let Ok(Creation::Many(many)) = created(&json!([{ "name": "a" }, { "name": "b" }])) else { panic!() };
    assert_eq!(many.iter().map(|job| &job.id).collect::<Vec<_>>(), [&job_id(1), &job_id(2)]);
}

#[test]
fn a_stage_is_named_in_the_path_and_its_name_is_checked() {
    for name in ["research", "Color grade", "日本", "a:b", "a/b", "é", "x".repeat(64).as_str()] {
        assert!(request::stage(&json!({ "type": "start" }), name).is_ok(), "{name}");
    }
    for name in ["", " a", "a ", "a,b", "a*", "a\nb", "a\rb", "a\0b", "a\u{85}b", &"x".repeat(65)] {
        assert_eq!(refusal(request::stage(&json!({ "type": "start" }), name)), invalid("stage"), "{name:?}");
    }
}

/// Whatever a parser takes, the object must be able to store and read: a body that nests too deep for that is
/// refused at the door, not by a broken object.
#[test]
fn what_is_accepted_can_be_stored_however_deep_it_nests() {
    for depth in 1..=127 {
        let text = format!("{{\"a\":{}1{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        let Ok(body) = parse_json(text.as_bytes()) else { continue };
        let job = one(json!({ "payload": body }));
        let Ok(Command::Checkpoint(data)) = request::checkpoint(&body) else { panic!() };
        for fact in [Fact::Checkpoint(data), Fact::Created(Box::new(job.clone()))] {
            let stored = serde_json::to_string(&fact).expect("written");
            assert!(serde_json::from_str::<Fact>(&stored).is_ok(), "{depth} levels cannot be read back");
        }
        let order = jobcast::call::Order { command: Command::Create(Box::new(job)), attempt: None, once: None, claim: None, request: None, is_repeat: false, answer: jobcast::call::Answer::Job };
        let call = jobcast::call::Call { job: build::job_id(1), project: project(), ask: jobcast::call::Ask::Command(order) };
        let sent = serde_json::to_string(&call).expect("written");
        assert!(serde_json::from_str::<jobcast::call::Call>(&sent).is_ok(), "{depth} levels do not reach the object");
    }
}

/// The JSON library has words of its own, which must not change what a producer said.
#[test]
fn a_body_means_what_it_says() {
    for key in ["$serde_json::private::RawValue", "$serde_json::private::Number"] {
        let text = json!({ "a": { key: "[1]" } }).to_string();
        if let Ok(body) = parse_json(text.as_bytes()) {
            assert_eq!(body["a"][key], "[1]", "{text} became {body}");
        }
    }
}
