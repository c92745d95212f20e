//! Follows one job's stream over as many connections as it takes.
//! Invariant: what is told does not depend on how often the connection broke: each event after the cursor, once, in order.

use crate::backoff::{backoff, chance};
use crate::service::{Call, Service};
use crate::trouble::Trouble;
use futures_executor::block_on_stream;
use futures_util::stream;
use serde_json::Value;
use sse_stream::{Sse, SseByteStream};
use std::io::{Cursor, Read};
use std::time::{Duration, Instant};

/// Two heartbeats and some: after so much silence a connection is dead, whatever TCP says.
const SILENCE: Duration = Duration::from_millis(jobcast::limits::HEARTBEAT_MS * 2 + 10_000);
/// Until the service has said its `retry:`.
const RETRY: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub kind: String,
    pub id: Option<String>,
    pub data: Value,
}

pub struct Follower<'service> {
    service: &'service Service,
    path: String,
    patience: Duration,
    cursor: Option<String>,
    retry: Duration,
    failures: u32,
    /// Since when the service is out of reach.
    down: Option<Instant>,
    greeted: bool,
    /// A replay tells old ends too, and goes on: only what ends a stream is the job's end.
    at_terminal: bool,
}

impl<'service> Follower<'service> {
    /// `events` narrows the stream. `patience` is how long the service may be out of reach.
    pub fn new(service: &'service Service, job: &str, events: &str, patience: Duration) -> Follower<'service> {
        let path = format!("/api/v1/jobs/{job}/events?events={events}");
        Follower {
            service,
            path,
            patience,
            cursor: None,
            retry: RETRY,
            failures: 0,
            down: None,
            greeted: false,
            at_terminal: false,
        }
    }

    /// Until the job's end. `away` is told once each time that the service is out of reach, and why.
    pub fn follow(
        mut self,
        mut told: impl FnMut(&Event) -> Result<(), Trouble>,
        away: impl Fn(&str),
    ) -> Result<(), Trouble> {
        loop {
            match self.connect(&mut told) {
                Ok(true) => return Ok(()),
                Ok(false) => self.rest(None),
                Err(Trouble::Away { why, retry_after }) => {
                    if self.down.get_or_insert_with(Instant::now).elapsed() > self.patience {
                        return Err(Trouble::away(why));
                    }
                    if self.failures == 0 {
                        away(&why);
                    }
                    self.rest(retry_after);
                    self.failures += 1;
                }
                Err(trouble) => return Err(trouble),
            }
        }
    }

    /// Whether everything was told.
    fn connect(&mut self, told: &mut impl FnMut(&Event) -> Result<(), Trouble>) -> Result<bool, Trouble> {
        let mut call = Call::get(self.path.as_str()).with("accept", "text/event-stream");
        if let Some(cursor) = &self.cursor {
            call = call.with("last-event-id", cursor);
        }
        let Some(body) = self.service.stream(&call, SILENCE)? else { return Ok(true) };
        self.down = None;
        let mut reader = body.into_reader();
        let mut buffer = vec![0; 64 * 1024];
        let chunks = std::iter::from_fn(move || match reader.read(&mut buffer) {
            Ok(0) => None,
            Ok(count) => Some(Ok(Cursor::new(buffer[..count].to_vec()))),
            Err(error) => Some(Err(error)),
        });
        for block in block_on_stream(SseByteStream::new(stream::iter(chunks))) {
            let block = block.map_err(|error| Trouble::away(format!("The stream broke: {error}.")))?;
            self.failures = 0;
            self.block(block, told)?;
        }
        Ok(self.at_terminal)
    }

    fn block(&mut self, block: Sse, told: &mut impl FnMut(&Event) -> Result<(), Trouble>) -> Result<(), Trouble> {
        if let Some(retry) = block.retry {
            self.retry = Duration::from_millis(retry);
        }
        if block.id.is_some() {
            self.cursor.clone_from(&block.id);
        }
        let (Some(kind), Some(data)) = (block.event, block.data) else { return Ok(()) };
        if kind == "reset" {
            self.greeted = false;
        }
        // The state now would stand before what led to it: the events that follow tell the same, in order.
        if kind == "job:snapshot" && std::mem::replace(&mut self.greeted, true) {
            return Ok(());
        }
        self.at_terminal = matches!(kind.as_str(), "job:completed" | "job:failed");
        let data =
            serde_json::from_str(&data).map_err(|_| Trouble::away("The stream has an event that is no JSON."))?;
        told(&Event { kind, id: block.id, data })
    }

    fn rest(&self, at_least: Option<Duration>) {
        std::thread::sleep(backoff(self.retry, self.failures, at_least, chance()));
    }
}
