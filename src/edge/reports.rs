//! Owns the commands of producers and people to one job: who may, what the body says, how the answer is phrased.

use crate::call::{Answer, Once, Order};
use crate::command::Command;
use crate::edge::head::Name;
use crate::edge::reply::{self, Failure};
use crate::edge::{Visit, body, gate, job_object};
use crate::logs::{Encoding, parse_batch};
use crate::problem::Problem;
use crate::request;
use crate::response::with_events_url;
use crate::route::Action;
use crate::secret;

pub async fn report(visit: Visit) -> reply::Answer {
    let is_queue = matches!(visit.route.action, Action::QueueRetry | Action::QueueCancel | Action::QueueDelete);
    carry_out(visit).await.map_err(|failure| match failure {
        Failure::Problem(problem) if is_queue => Failure::QueueProblem(problem),
        failure => failure,
    })
}

async fn carry_out(visit: Visit) -> reply::Answer {
    let job = visit.route.job()?;
    let grant = gate::enter_job(&visit, &job).await?;
    let attempt = request::attempt(visit.header(Name::XJobAttempt))?;
    let key = request::idempotency_key(visit.header(Name::IdempotencyKey))?;
    let (command, bytes) = command(&visit).await?;
    let once = key.map(|key| Once { key, fingerprint: fingerprint(&visit, attempt, &bytes) });
    let answer = Answer::to(&command);
    let order =
        Order { command, attempt, once, claim: None, request: Some(visit.id.clone()), is_repeat: false, answer };
    let done = job_object::command(&visit.env, &job, &grant.project, order).await?;
    if answer != Answer::Job {
        return Ok(reply::json_text(200, done.text()));
    }
    reply::json(200, &with_events_url(done.value()?, &visit.origin()))
}

/// The command, and the bytes that it was read from.
async fn command(visit: &Visit) -> Result<(Command, Vec<u8>), Failure> {
    if visit.route.action == Action::AppendLogs {
        let (bytes, format, encoding) = body::log_batch(visit).await?;
        if bytes.is_empty() && encoding == Encoding::Plain {
            return Err(Problem::field("logs", "logs must have at least one entry.").into());
        }
        return Ok((Command::Logs(parse_batch(&bytes, format, encoding)?), bytes));
    }
    let (asked, bytes) = body::json(visit).await?;
    let command = match visit.route.action {
        Action::DeleteJob | Action::QueueDelete => Command::Delete,
        Action::ClaimJob => Command::Claim,
        Action::AckJob => Command::Ack,
        Action::KeepAlive => Command::Keepalive,
        Action::RetryJob | Action::QueueRetry => Command::Retry,
        Action::CancelJob | Action::QueueCancel => Command::Cancel,
        Action::ReportProgress => request::progress(&asked)?,
        Action::SaveCheckpoint => request::checkpoint(&asked)?,
        Action::EmitEvent => request::custom(&asked)?,
        Action::ReportStage => request::stage(&asked, visit.route.stage())?,
        Action::CompleteJob => request::complete(&asked)?,
        Action::FailJob => request::fail(&asked)?,
        Action::KillJob => request::kill(&asked)?,
        _ => return Err(Problem::internal().into()),
    };
    Ok((command, bytes))
}

/// The same key on another route, attempt or body is another request.
fn fingerprint(visit: &Visit, attempt: Option<u32>, bytes: &[u8]) -> String {
    let head = format!("{} {} {attempt:?}", visit.head.method(), visit.url.path());
    secret::fingerprint(&[head.as_bytes(), bytes])
}
