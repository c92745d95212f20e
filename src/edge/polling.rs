//! Owns `POST /jobs/poll` and how it waits; what it hands out is the desk's.

use crate::call::Once;
use crate::edge::desk::Desk;
use crate::edge::head::Name;
use crate::edge::lifeline::{Lifeline, POLL_PATIENCE_MS};
use crate::edge::platform::{IdentityTransformStream, now};
use crate::edge::{Visit, body, gate, reply};
use crate::request;
use crate::secret::fingerprint;
use js_sys::Uint8Array;
use serde_json::{Value, json};
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::WritableStreamDefaultWriter;
use worker::Delay;

/// Between two looks of a poll that waits, ms: the first is soon, because jobs are often created just before.
const LOOK_FIRST_MS: u64 = 100;
const LOOK_LAST_MS: u64 = 1_000;

pub async fn poll(visit: Visit) -> reply::Answer {
    let grant = gate::enter(&visit).await?;
    let key = request::idempotency_key(visit.header(Name::IdempotencyKey))?;
    let (asked, bytes) = body::json(&visit).await?;
    let poll = request::poll(&asked)?;
    let desk = Desk {
        env: visit.env.clone(),
        project: grant.project,
        origin: visit.origin(),
        request: visit.id.clone(),
        poll,
        once: key.map(|key| Once { key, fingerprint: fingerprint(&[&bytes]) }),
    };
    let jobs = desk.take().await?;
    if !jobs.is_empty() || desk.poll.wait_seconds == 0 {
        return reply::json(200, &json!({ "jobs": jobs }));
    }
    wait(desk, &visit)
}

/// Answers at once with a body that is still to come. While it waits it writes line ends, which JSON allows before
/// a value: workerd tells that a caller hung up only by a write that fails, and a job that is given to nobody would
/// stand still until its delivery time-out.
fn wait(desk: Desk, visit: &Visit) -> reply::Answer {
    let pipe = IdentityTransformStream::new();
    let writer = pipe.writable().get_writer().map_err(worker::Error::from)?;
    visit.context.wait_until(async move {
        let lifeline = Lifeline::new(&writer, POLL_PATIENCE_MS);
        if let Some(jobs) = look_until(&desk, &writer, &lifeline).await {
            let _ = write(&writer, &json!({ "jobs": jobs }).to_string()).await;
            let _ = JsFuture::from(writer.close()).await;
        }
    });
    reply::json_stream(pipe.readable())
}

async fn write(writer: &WritableStreamDefaultWriter, text: &str) -> Result<JsValue, JsValue> {
    JsFuture::from(writer.write_with_chunk(&Uint8Array::from(text.as_bytes()))).await
}

/// `None` when the caller hung up.
async fn look_until(desk: &Desk, writer: &WritableStreamDefaultWriter, lifeline: &Lifeline) -> Option<Vec<Value>> {
    let until = now().plus(desk.poll.wait_seconds * 1_000);
    let mut pause = LOOK_FIRST_MS;
    loop {
        Delay::from(Duration::from_millis(pause.min(until.since(now())).max(1))).await;
        pause = (pause * 2).min(LOOK_LAST_MS);
        write(writer, "\n").await.ok()?;
        lifeline.renew();
        // A directory that does not answer now may answer at the next look.
        let jobs = desk.take().await.unwrap_or_default();
        if !jobs.is_empty() || now() >= until {
            return Some(jobs);
        }
    }
}
