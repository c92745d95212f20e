//! The service's caps, but small, so that a short life meets them: logs are trimmed, replays have several pages, slow
//! readers are cut.

pub use jobcast::limits::*;

pub const EVENTS_KEPT: u64 = 10;
pub const LINES_KEPT: u64 = 10;
pub const FEED_KEPT: u64 = 20;
pub const FEED_THINNED_AFTER_MS: u64 = 2_000;
pub const FEED_BATCH: u64 = 5;
pub const REPLAY_PAGE: usize = 600;
pub const REPLAY_ROWS: u64 = 6;
pub const REPLAY_JOINED: u64 = 6;
pub const PAGES_KEPT: usize = 2_000;
pub const CROWD: usize = 1;
pub const BRANCHES: u32 = 2;
pub const RELAYS: u32 = 4;
pub const SLOW_READER: usize = 3_000;
pub const SOCKET_MESSAGE: usize = 400;
pub const LEASE_MS: u64 = 2_000;
