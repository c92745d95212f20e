//! Jobcast: live progress of background jobs, served from the edge.
//!
//! The map of the crate. Everything outside `edge` is pure: no clock, no randomness, nothing of Cloudflare's; the
//! rules live there and are tested on the host. `edge` parses, calls and encodes (docs/ARCHITECTURE.md).
//!
//! * the log: `id`, `time`, `event`, `job`, `command`, `decide`, `lines`, `chunk`, `evolve`, `record`
//! * a project's log: `notice`, `feed`
//! * reading them: `replay`, `sse`, `view`, `response`, `relay`
//! * asking: `address`, `route`, `access`, `token`, `session`, `cors`, `fields`, `request`, `logs`, `batch`, `quick`,
//!   `plain_entry`, `log_batch`, `call`
//! * refusing: `problem`, `limits`
//! * counting: `metrics`
//! * remembering what was looked up: `remembered`
//! * describing all of it: `openapi`, on the host only

pub mod access;
pub mod address;
pub mod batch;
pub mod call;
pub mod chunk;
pub mod command;
pub mod cors;
pub mod decide;
pub mod event;
pub mod evolve;
pub mod feed;
pub mod fields;
pub mod id;
pub mod job;
pub mod limits;
pub mod lines;
pub mod log_batch;
pub mod logs;
pub mod metrics;
pub mod notice;
pub mod pace;
pub mod plain_entry;
pub mod problem;
pub mod quick;
pub mod record;
pub mod relay;
pub mod remembered;
pub mod replay;
pub mod request;
pub mod response;
pub mod route;
pub mod secret;
pub mod session;
pub mod sql;
pub mod sse;
pub mod time;
pub mod token;
pub mod view;

#[cfg(target_arch = "wasm32")]
mod edge;

#[cfg(not(target_arch = "wasm32"))]
pub mod openapi;
