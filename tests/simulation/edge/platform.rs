//! The clock, the randomness and the settings, as the simulation gives them.

use crate::address::Address;
use crate::cloud::storage::Storage;
use crate::id::RequestId;
use crate::limits;
use crate::time::Timestamp;
use crate::world::world;
use std::rc::Rc;
use worker::{Env, Error, Headers, Request, Response, Result, SqlCursor, State, WebSocket};

/// A reset in silence leaves sockets open and dumb, but the object that follows is the platform's new one.
pub fn is_built_again(_: &State) -> bool {
    false
}

/// The clock of the machine that runs this; machines differ, and step back.
pub fn now() -> Timestamp {
    world().now_here()
}

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    bytes.fill_with(|| world().draws.below(256) as u8);
    bytes
}

pub fn jitter() -> f64 {
    world().draws.below(1_000) as f64 / 1_000.0
}

pub fn request_id() -> RequestId {
    RequestId::new(now(), world().draws.next().into())
}

pub fn alarm_time(time: Timestamp) -> Timestamp {
    time
}

pub fn address_of(request: &Request) -> Result<Address> {
    Address::written(request.url()?.to_string()).map_err(Error::from)
}

pub fn setting(env: &Env, name: &str) -> Option<String> {
    match name {
        "RETENTION_HOUR_SECONDS" => Some(env.retention_hour_seconds.to_string()),
        "READERS_PER_OBJECT" => Some(env.readers_per_object.to_string()),
        _ => None,
    }
}

pub fn transaction(storage: &Storage, work: impl FnMut() -> Result<()>) -> Result<()> {
    storage.transaction(work)
}

pub fn joined(rows: SqlCursor) -> Result<Option<String>> {
    let texts = rows.raw().map(|row| row.map(|row| row.into_iter().next()));
    let first = texts.last().transpose()?.flatten();
    Ok(first.map(|text| text.text()).filter(|text| !text.is_empty()))
}

pub struct SharedText(String);

impl From<String> for SharedText {
    fn from(text: String) -> SharedText {
        SharedText(text)
    }
}

impl SharedText {
    pub fn send(&self, socket: &WebSocket) -> Result<()> {
        socket.send_with_str(&self.0)
    }
}

#[derive(Clone)]
pub struct SharedBytes(Rc<str>);

impl From<String> for SharedBytes {
    fn from(text: String) -> SharedBytes {
        SharedBytes(text.into())
    }
}

impl SharedBytes {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn text(&self) -> Result<String> {
        Ok(self.0.to_string())
    }

    pub fn send(&self, socket: &WebSocket) -> Result<()> {
        let mut text = &*self.0;
        while !text.is_empty() {
            let (piece, rest) = text.split_at(text.floor_char_boundary(limits::SOCKET_MESSAGE));
            socket.send_with_str(piece)?;
            text = rest;
        }
        Ok(())
    }
}

pub const SUBSCRIPTION: &str = "subscription";

pub async fn join(env: &Env, binding: &str, name: &str, subscription: &str) -> Result<Response> {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair(SUBSCRIPTION, subscription).finish();
    let headers = Headers::new();
    headers.set("upgrade", "websocket")?;
    let request = Request::new(&format!("https://object/?{query}"), headers);
    env.durable_object(binding)?.get_by_name(name)?.fetch_with_request(request).await
}

pub async fn ask(env: &Env, binding: &str, name: &str, call: &str) -> Result<String> {
    env.durable_object(binding)?.get_by_name(name)?.ask(call).await
}
