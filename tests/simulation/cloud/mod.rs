//! The platform: what the Worker's objects know as the crate `worker`, driven by the world's clock and faults.

pub mod d1;
pub mod delay;
pub mod http;
pub mod object;
pub mod slot;
pub mod socket;
pub mod sql;
pub mod storage;

pub use delay::Delay;
pub use http::{Headers, Request, Response, Stub};
pub use object::{DurableObject, State};
pub use socket::{WebSocket, WebSocketIncomingMessage, WebSocketPair};
pub use sql::{SqlCursor, SqlStorage, SqlStorageValue};
pub use storage::Storage;

/// A value on its way to D1 or to an object.
#[derive(Debug, Clone, PartialEq)]
pub enum JsValue {
    Null,
    Number(f64),
    Text(String),
}

impl JsValue {
    pub const NULL: JsValue = JsValue::Null;

    pub fn from_f64(number: f64) -> JsValue {
        JsValue::Number(number)
    }

    #[allow(clippy::should_implement_trait)]
    pub fn from_str(text: &str) -> JsValue {
        JsValue::Text(text.to_owned())
    }
}

impl From<String> for JsValue {
    fn from(text: String) -> JsValue {
        JsValue::Text(text)
    }
}

#[derive(Debug, Clone)]
pub struct Error(String);

pub type Result<T> = std::result::Result<T, Error>;

impl From<String> for Error {
    fn from(text: String) -> Error {
        Error(text)
    }
}

impl From<&str> for Error {
    fn from(text: &str) -> Error {
        Error(text.to_owned())
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Error {
        Error(error.to_string())
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        Error(error.to_string())
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// Bindings and settings.
#[derive(Debug, Clone, Copy)]
pub struct Env {
    /// What an hour of retention lasts.
    pub retention_hour_seconds: u64,
    /// How many readers an object holds before relays do.
    pub readers_per_object: usize,
}

impl Env {
    pub fn durable_object(&self, _: &str) -> Result<http::Namespace> {
        Ok(http::Namespace)
    }
}

/// What the runtime answers for a sleeping object is the bridge's business; see `reader`.
pub mod worker_sys {
    pub struct WebSocketRequestResponsePair;

    impl WebSocketRequestResponsePair {
        pub fn new(_: &str, _: &str) -> super::Result<WebSocketRequestResponsePair> {
            Ok(WebSocketRequestResponsePair)
        }
    }
}

macro_rules! console_log {
    ($($text:tt)*) => { $crate::world::world().note(|| format!($($text)*)) };
}
macro_rules! console_error {
    ($($text:tt)*) => { $crate::world::world().note(|| format!($($text)*)) };
}
pub(crate) use {console_error, console_log};
