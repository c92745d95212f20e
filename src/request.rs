//! Owns the reading of request bodies: bytes in, a well-formed command out, or a problem that names the field.
//! Refuses to own whether the command is allowed now (`decide`) or by this caller (`access`).

use crate::command::{Command, RetryPolicy};
use crate::event::{Created, Progress, StageReport};
use crate::fields::{Fields, parse_json};
use crate::id::{JobId, ProjectId};
use crate::limits;
use crate::problem::Problem;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// An absent body counts as `{}`: `curl -X POST …/complete` says all there is to say.
pub fn body(bytes: &[u8]) -> Result<Value, Problem> {
    if bytes.trim_ascii().is_empty() { Ok(Value::Object(Map::new())) } else { parse_json(bytes) }
}

/// What `POST /jobs` asks for: one job or several. The answer has the same shape.
#[derive(Debug, PartialEq)]
pub enum Creation {
    One(Box<Created>),
    Many(Vec<Created>),
}

/// `next_id` is called once per job.
pub fn create(body: &Value, project: &ProjectId, mut next_id: impl FnMut() -> JobId) -> Result<Creation, Problem> {
    match body {
        Value::Array(entries) if entries.is_empty() => Err(Problem::field("body", "Name at least one job.")),
        Value::Array(entries) if entries.len() > limits::BULK_CREATE => {
            Err(Problem::field("body", format!("At most {} jobs at once: send several requests.", limits::BULK_CREATE)))
        }
        Value::Array(entries) => {
            let one = |(index, entry)| created(&Fields::of(entry, &format!("[{index}]."))?, next_id(), project);
            entries.iter().enumerate().map(one).collect::<Result<_, _>>().map(Creation::Many)
        }
        _ => created(&Fields::of(body, "")?, next_id(), project).map(|created| Creation::One(Box::new(created))),
    }
}

fn created(fields: &Fields<'_>, id: JobId, project: &ProjectId) -> Result<Created, Problem> {
    Ok(Created {
        id,
        project: project.clone(),
        name: fields.text("name", limits::SHORT_TEXT)?,
        file_path: fields.text("filePath", limits::PATH_TEXT)?,
        topic: fields.text("topic", limits::TOPIC_TEXT)?,
        priority: fields.whole("priority", 1..=3)?.unwrap_or(2) as u8,
        payload: fields.get("payload").cloned(),
        meta: fields.object("meta")?.unwrap_or_default(),
        stages: stages(fields)?,
        max_attempts: fields.whole("maxAttempts", limits::MAX_ATTEMPTS)?.unwrap_or(limits::MAX_ATTEMPTS_DEFAULT) as u32,
        timeout_seconds: fields
            .whole("timeoutSeconds", limits::TIMEOUT_SECONDS)?
            .unwrap_or(limits::TIMEOUT_SECONDS_DEFAULT),
        scheduled_for: fields.time("scheduledFor")?,
    })
}

fn stages(fields: &Fields<'_>) -> Result<Vec<String>, Problem> {
    let stages = fields.texts("stages")?.unwrap_or_default();
    let path = fields.path("stages");
    if stages.len() > limits::STAGES {
        return Err(Problem::field(&path, format!("{path} has more than {} names.", limits::STAGES)));
    }
    for (index, name) in stages.iter().enumerate() {
        check_stage_name(name, &format!("{path}[{index}]"))?;
        if stages[..index].contains(name) {
            return Err(Problem::field(format!("{path}[{index}]"), format!("The stage “{name}” is named twice.")));
        }
    }
    Ok(stages)
}

/// The name becomes part of an SSE event name and of `?events=`: one line, no comma, no outer space.
fn check_stage_name(name: &str, path: &str) -> Result<(), Problem> {
    let fits = (1..=64).contains(&name.chars().count()) && name.trim() == name;
    if fits && !name.chars().any(|letter| letter.is_control() || letter == ',' || letter == '*') {
        return Ok(());
    }
    let rule = "a stage name has 1 to 64 characters, no comma, asterisk or control character, and no outer space";
    Err(Problem::field(path, format!("{path} is no stage name: {rule}.")))
}

pub fn progress(body: &Value) -> Result<Command, Problem> {
    let fields = Fields::of(body, "")?;
    let required = || Problem::field("percent", "percent is required: a number from 0 to 100.");
    Ok(Command::Progress(Progress {
        percent: fields.percent("percent")?.ok_or_else(required)?,
        message: fields.text("message", limits::JSON_BODY)?,
        sub_progress: sub_progress(&fields)?,
    }))
}

fn sub_progress(fields: &Fields<'_>) -> Result<Option<Map<String, Value>>, Problem> {
    let Some(parts) = fields.object("subProgress")? else { return Ok(None) };
    if parts.len() > limits::STAGES {
        return Err(Problem::field("subProgress", format!("subProgress has at most {} entries.", limits::STAGES)));
    }
    if Value::Object(parts.clone()).to_string().len() > limits::SUB_PROGRESS {
        let message = format!("subProgress is larger than {} bytes.", limits::SUB_PROGRESS);
        return Err(Problem::too_large("subProgress", message));
    }
    for (name, part) in &parts {
        let part = Fields::of(part, &format!("subProgress.{name}."))?;
        let path = part.path("percent");
        part.percent("percent")?.ok_or_else(|| Problem::field(&path, format!("{path} is required.")))?;
        part.text("message", limits::JSON_BODY)?;
    }
    Ok(Some(parts))
}

/// `stage` is the path's; a body that names another is the producer's slip, and the path wins.
pub fn stage(body: &Value, stage: &str) -> Result<Command, Problem> {
    check_stage_name(stage, "stage")?;
    let fields = Fields::of(body, "")?;
    let required =
        || Problem::field("type", "type is required: start, complete, skipped, error, or a word of your own.");
    let word = fields.text("type", 64)?.ok_or_else(required)?;
    if let Some(duration) = fields.get("durationSec") {
        let good = duration.as_f64().is_some_and(|seconds| seconds >= 0.0);
        good.then_some(()).ok_or_else(|| Problem::field("durationSec", "durationSec must be a number from 0 on."))?;
    }
    let mut rest = object(body);
    rest.retain(|name, _| name != "stage" && name != "type");
    Ok(Command::Stage(StageReport { stage: stage.to_owned(), word, fields: rest }))
}

fn object(body: &Value) -> Map<String, Value> {
    body.as_object().cloned().unwrap_or_default()
}

pub fn checkpoint(body: &Value) -> Result<Command, Problem> {
    Fields::of(body, "").map(|_| Command::Checkpoint(object(body)))
}

pub fn custom(body: &Value) -> Result<Command, Problem> {
    Fields::of(body, "").map(|_| Command::Custom(object(body)))
}

pub fn complete(body: &Value) -> Result<Command, Problem> {
    Ok(Command::Complete { result: Fields::of(body, "")?.get("result").cloned() })
}

pub fn fail(body: &Value) -> Result<Command, Problem> {
    let fields = Fields::of(body, "")?;
    let retry = match fields.flag("retry")? {
        Some(false) => RetryPolicy::Never,
        Some(true) | None => RetryPolicy::Allowed,
    };
    Ok(Command::Fail {
        error: fields.text("error", limits::JSON_BODY)?.unwrap_or_else(|| "The producer gave no reason.".to_owned()),
        error_code: fields.text("code", limits::SHORT_TEXT)?,
        retry,
    })
}

pub fn kill(body: &Value) -> Result<Command, Problem> {
    Ok(Command::Kill { reason: Fields::of(body, "")?.text("reason", limits::JSON_BODY)? })
}

/// What a poll asks for.
#[derive(Debug, PartialEq)]
pub struct Poll {
    pub count: u64,
    /// Empty: any name.
    pub names: Vec<String>,
    pub wait_seconds: u64,
}

pub fn poll(body: &Value) -> Result<Poll, Problem> {
    let fields = Fields::of(body, "")?;
    // One by one: made of a list as a whole the set would be sorted, for which the Worker has nothing else.
    let mut names = BTreeSet::new();
    names.extend(fields.texts("names")?.unwrap_or_default());
    // Each is a look of its own into the index.
    if names.len() > limits::POLL_NAMES {
        return Err(Problem::field("names", format!("names has at most {} entries.", limits::POLL_NAMES)));
    }
    Ok(Poll {
        count: fields.whole("count", 1..=limits::POLL_COUNT)?.unwrap_or(1),
        names: names.into_iter().collect(),
        wait_seconds: fields.whole("waitSeconds", 0..=limits::POLL_WAIT_SECONDS)?.unwrap_or(0),
    })
}

/// `X-Job-Attempt`, from 1.
pub fn attempt(header: Option<&str>) -> Result<Option<u32>, Problem> {
    let Some(text) = header else { return Ok(None) };
    let number = text.trim().parse::<u32>().ok().filter(|number| *number >= 1);
    number.map(Some).ok_or_else(|| Problem::field("X-Job-Attempt", "X-Job-Attempt must be a whole number from 1 on."))
}

/// `Idempotency-Key`: printable, not empty, bounded.
pub fn idempotency_key(header: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(text) = header else { return Ok(None) };
    let good =
        (1..=limits::IDEMPOTENCY_KEY).contains(&text.len()) && text.bytes().all(|byte| (0x21..0x7f).contains(&byte));
    let message = format!("Idempotency-Key must be 1 to {} printable ASCII characters.", limits::IDEMPOTENCY_KEY);
    good.then(|| Some(text.to_owned())).ok_or_else(|| Problem::field("Idempotency-Key", message))
}
