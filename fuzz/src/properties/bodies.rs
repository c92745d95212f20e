//! JSON bodies of every request: what is taken means what it says, and what is refused names its field.

use super::refused;
use jobcast::command::Command;
use jobcast::event::Created;
use jobcast::fields::{Fields, parse_json};
use jobcast::id::{JobId, ProjectId};
use jobcast::limits;
use jobcast::request::{self, Creation};
use jobcast::time::Timestamp;
use serde_json::Value;

/// The first byte chooses the request, the rest is its body.
pub fn every_request(input: &[u8]) {
    let Some((which, body)) = input.split_first() else { return };
    let parsed = match request::body(body) {
        Ok(parsed) => parsed,
        Err(problem) => return refused(&problem),
    };
    means_what_it_says(body, &parsed);
    let outcome = match which % 11 {
        0 => creation(&parsed),
        1 => request::poll(&parsed).map(|poll| {
            assert!((1..=limits::POLL_COUNT).contains(&poll.count) && poll.names.len() <= limits::POLL_NAMES);
            assert!(poll.names.is_sorted() && poll.wait_seconds <= limits::POLL_WAIT_SECONDS);
        }),
        2 => request::progress(&parsed).map(crosses),
        3 => request::checkpoint(&parsed).map(crosses),
        4 => request::custom(&parsed).map(crosses),
        5 => request::complete(&parsed).map(crosses),
        6 => request::fail(&parsed).map(crosses),
        7 => request::kill(&parsed).map(crosses),
        8 => request::stage(&parsed, "research").map(crosses),
        _ => single_fields(&parsed),
    };
    if let Err(problem) = outcome {
        refused(&problem);
    }
}

/// Bounded in depth, and written and read again it is the same to the last digit.
fn means_what_it_says(body: &[u8], parsed: &Value) {
    let written = parsed.to_string();
    assert_eq!(parse_json(written.as_bytes()).as_ref(), Ok(parsed));
    if !body.trim_ascii().is_empty() {
        assert_eq!(serde_json::from_slice::<Value>(body).ok().as_ref(), Some(parsed), "another reader reads the same");
    }
}

fn creation(body: &Value) -> Result<(), jobcast::problem::Problem> {
    let project = ProjectId::new(Timestamp(1), 1);
    let mut count = 0;
    let next_id = || {
        count += 1;
        JobId::new(Timestamp(1), count)
    };
    let created = match request::create(body, &project, next_id)? {
        Creation::One(created) => vec![*created],
        Creation::Many(created) => created,
    };
    assert!((1..=limits::BULK_CREATE).contains(&created.len()));
    for created in created {
        assert_eq!(created.project, project);
        within_its_limits(&created);
        crosses(Command::Create(Box::new(created)));
    }
    Ok(())
}

fn within_its_limits(created: &Created) {
    let texts = [
        (&created.name, limits::SHORT_TEXT),
        (&created.file_path, limits::PATH_TEXT),
        (&created.topic, limits::TOPIC_TEXT),
    ];
    for (text, cap) in texts {
        assert!(
            text.as_ref().is_none_or(|text| !text.is_empty() && text.chars().count() <= cap && !text.contains('\0'))
        );
    }
    assert!((1..=3).contains(&created.priority) && created.stages.len() <= limits::STAGES);
    assert!(limits::MAX_ATTEMPTS.contains(&created.max_attempts.into()));
    assert!(limits::TIMEOUT_SECONDS.contains(&created.timeout_seconds));
}

/// It reaches the job's object as it is.
fn crosses(command: Command) {
    let sent = serde_json::to_string(&command).expect("written");
    assert_eq!(serde_json::from_str::<Command>(&sent).expect("read"), command);
}

/// What administration and sessions read: every kind of field there is, under names that fuzzers find.
fn single_fields(body: &Value) -> Result<(), jobcast::problem::Problem> {
    let fields = Fields::of(body, "")?;
    fields.text("name", limits::SHORT_TEXT)?;
    fields.flag("publicRead")?;
    fields.whole("retentionHours", limits::RETENTION_HOURS)?;
    fields.percent("percent")?;
    fields.object("meta")?;
    let words = fields.texts("scopes")?.unwrap_or_default();
    let scopes = jobcast::access::Scopes::parse(&words)?;
    let again: Vec<String> = scopes.words().into_iter().map(str::to_owned).collect();
    assert_eq!(jobcast::access::Scopes::parse(&again), Ok(scopes));
    if let Some(time) = fields.time("scheduledFor")? {
        assert_eq!(Timestamp::parse_iso(&time.iso()), Some(time));
    }
    Ok(())
}
