//! Every cap of the service, with its reason. Contract: “Errors” and “Streams”; platform: Cloudflare's published limits.

/// A JSON body, bytes. Contract.
pub const JSON_BODY: usize = 256 * 1024;
/// A log batch as it arrives, bytes. Contract.
pub const LOG_BATCH_WIRE: usize = 1024 * 1024;
/// A log batch after unpacking, bytes: a gzip bomb stops here. Contract.
pub const LOG_BATCH_UNPACKED: usize = 8 * 1024 * 1024;
/// Entries of one log batch. Contract.
pub const LOG_ENTRIES: usize = 1_000;
/// One log line: its message, and apart from it its metadata, bytes. Contract.
pub const LOG_LINE: usize = 16 * 1024;
/// The text of one log entry, bytes: a message and metadata of the greatest length, each byte escaped.
pub const LOG_ENTRY: usize = 256 * 1024;
/// How deep a body may nest. The parser's own limit is 128, and what is stored and sent wraps bodies in more levels.
pub const NESTING: usize = 64;
/// Log lines that one stored row carries, bytes of JSON. Far below the platform's 2 MB row, and small enough
/// that a batch of 8 MiB never meets a reader's 1 MiB buffer as one frame.
pub const LOG_CHUNK: usize = 64 * 1024;

/// Jobs of one bulk create. Contract.
pub const BULK_CREATE: usize = 100;
/// Jobs of one poll. Contract.
pub const POLL_COUNT: u64 = 50;
/// Names that one poll asks for.
pub const POLL_NAMES: usize = 50;
/// The longest that a poll waits, seconds. Contract.
pub const POLL_WAIT_SECONDS: u64 = 20;

/// `timeoutSeconds`. Contract.
pub const TIMEOUT_SECONDS: std::ops::RangeInclusive<u64> = 1..=86_400;
/// `timeoutSeconds` where none is given. Contract.
pub const TIMEOUT_SECONDS_DEFAULT: u64 = 300;
/// `maxAttempts`. Contract.
pub const MAX_ATTEMPTS: std::ops::RangeInclusive<u64> = 1..=25;
/// `maxAttempts` where none is given. Contract.
pub const MAX_ATTEMPTS_DEFAULT: u64 = 3;

/// Names, topics, error codes, log sources: characters. They stand in lists and in index rows.
pub const SHORT_TEXT: usize = 200;
/// `filePath`: characters, as the longest path of common file systems.
pub const PATH_TEXT: usize = 4_096;
/// A topic: characters. It stands in lists.
pub const TOPIC_TEXT: usize = 2_000;
/// What a job's folded state keeps of a message or an error: characters; the event has all of it. The state is one row of at most 2 MB: body
/// (256 KiB), result (256 KiB), gathered data (512 KiB), `subProgress` (64 KiB) and 100 stages (400 KiB) leave room.
pub const MESSAGE_TEXT: usize = 2_000;
/// What it keeps of a stage's detail, reason or error: characters. There may be a hundred.
pub const DETAIL_TEXT: usize = 1_000;
/// `subProgress`, bytes of JSON. It stands in the folded state.
pub const SUB_PROGRESS: usize = 64 * 1024;
/// Stages of one job, declared and reported. Bounds the folded state.
pub const STAGES: usize = 100;
/// What a job's snapshot gathers from its stages (`researchData`, `score`, …): bytes of JSON together.
pub const GATHERED: usize = 512 * 1024;
/// An `Idempotency-Key`: characters.
pub const IDEMPOTENCY_KEY: usize = 255;
/// How long an `Idempotency-Key` is remembered, ms. Contract.
pub const IDEMPOTENCY_MS: u64 = 24 * 3_600_000;
/// How long the directory refuses rows of a deleted job, ms: far longer than a row is on its way (a statement of D1 ends
/// after 30 s).
pub const DELETION_REMEMBERED_MS: u64 = 3_600_000;

/// Events, and apart from them checkpoints, kept per job. Contract (10,000 events).
pub const EVENTS_KEPT: u64 = 10_000;
/// Log lines kept per job. Contract.
pub const LINES_KEPT: u64 = 100_000;
/// A log is trimmed when it is this share over its cap (1/10), so that trimming costs a write now and then
/// and not with each event.
pub const TRIM_SLACK: u64 = 10;
/// Entries kept of a project's feed. Progress that was overtaken goes first, so that they reach far back.
pub const FEED_KEPT: u64 = 10_000;
/// Progress in a feed is not thinned before it is so old, ms, unless there is no other room: whoever is away for a
/// moment misses none of it.
pub const FEED_THINNED_AFTER_MS: u64 = 60_000;
/// Reports that wait for their turn in one job's object: as many as it carries out in about a second. More are refused
/// with 503 and `Retry-After`, before anything is done for them.
pub const REPORTS_WAITING: usize = 1_000;
/// Notices that a job tells its project at once.
pub const FEED_BATCH: u64 = 500;
/// A job tells its project of progress at most so often, ms; of anything else at once.
pub const FEED_PROGRESS_MS: u64 = 1_000;
/// While nobody watches the project, so often: who opens a stream sees each job's progress after that time at the latest.
pub const FEED_PROGRESS_UNWATCHED_MS: u64 = 5_000;
/// Of all jobs together a project hears of progress at most so often in a second, so that each of many tells more seldom: a
/// feed takes some hundreds of tellings a second (docs/SCALE.md), and so does the directory.
pub const FEED_TELLINGS: u64 = 250;
/// However many there are, each tells of progress within this time, ms: the contract's “short window under load”. An object
/// that waits with it does not sleep, and one that hears nothing is evicted after 70 s at the earliest.
pub const FEED_PROGRESS_AT_LEAST_MS: u64 = 30_000;
/// How long a feed remembers a job whose entries have gone, ms. What a job was heard to tell is noted by its next alarm,
/// at the latest within its time-out, which is a day at the most.
pub const FEED_SEEN_MS: u64 = 7 * 24 * 3_600_000;
/// The longest life of a session, ms.
pub const SESSION_MS: u64 = 7 * 24 * 3_600_000;
/// Of the operator's `ADMIN_TOKEN` and `TOKEN_SECRET`, bytes: as long as the hash that they are used with, which is what
/// RFC 7518, section 3.2, asks of a key of HMAC-SHA256.
pub const OPERATOR_SECRET: usize = 32;
/// A project's default for how long a finished job's log is kept, hours. Contract.
pub const RETENTION_HOURS_DEFAULT: u64 = 24;
/// `retentionHours`: up to a year.
pub const RETENTION_HOURS: std::ops::RangeInclusive<u64> = 1..=8_760;
/// An API key's longest life, seconds: ten years.
pub const KEY_LIFE_SECONDS: u64 = 10 * 366 * 86_400;

/// A page of anything that is listed, entries: default and cap. Contract for jobs.
pub const PAGE_DEFAULT: u64 = 50;
/// Bytes of stored text that one page carries: an isolate has 128 MB for all that it does. A page that is full before
/// its limit tells where to go on.
pub const PAGE_BYTES: u64 = 2 * 1024 * 1024;
/// The cap of a page of jobs. Contract.
pub const PAGE_JOBS: u64 = 100;
/// The cap of a page of events, checkpoints or log lines.
pub const PAGE_LOG: u64 = 1_000;
/// Stored bytes that one replay page carries to a stream; the next page is sent when this one is written.
/// A quarter of the buffer that a slow reader is granted.
pub const REPLAY_PAGE: usize = 256 * 1024;
/// Pages of replays that an isolate keeps for who asks for the same, bytes together: of its 128 MB a small part, and several logs of
/// `EVENTS_KEPT` events.
pub const PAGES_KEPT: usize = 8 * 1024 * 1024;
/// Text in one message between an object and a bridge, bytes. The platform takes 1 MiB at the least.
pub const SOCKET_MESSAGE: usize = 512 * 1024;
/// Rows that one replay page reads at the most, one by one.
pub const REPLAY_ROWS: u64 = 1_000;
/// Rows that one replay page reads at the most where they come as one text; few pages have so many.
pub const REPLAY_JOINED: u64 = 4_000;

/// Bytes that wait for a slow reader before it is cut. Contract.
pub const SLOW_READER: usize = 1024 * 1024;
/// Bytes that wait for all readers of one isolate together, before those are cut that hold more than their share. A buffer
/// that grows is twice as large as what is in it, and an isolate has 128 MB for all that it does.
pub const SLOW_READERS: usize = 32 * 1024 * 1024;
/// Subscribers of one object. The platform's own limit is 32,768 sockets, and meeting it is a panic.
pub const SUBSCRIBERS: usize = 30_000;
/// Subscribers that make a crowd: progress may wait until the sending before it is done. Fewer are sent everything at once.
pub const CROWD: usize = 50;
/// Subscribers of one object before relays hold those who come: an event is with all of them in some 15 ms. Operators may set
/// `READERS_PER_OBJECT`.
pub const READERS_HERE: usize = 1_000;
/// Relays that one object tells what happens.
pub const BRANCHES: u32 = 32;
/// Relays of one job: as many as two steps reach.
pub const RELAYS: u32 = BRANCHES + BRANCHES * BRANCHES;
/// Lenses through which relays are told what happens; who watches through another gets pages. Each is encoded and sent apart.
pub const RELAYED_LENSES: usize = 16;
/// Between two heartbeats, ms. Contract.
pub const HEARTBEAT_MS: u64 = 15_000;
/// The longest life of a stream, ms. Contract.
pub const STREAM_CAP_MS: u64 = 300_000;

/// A stream token's life, seconds.
pub const TOKEN_TTL_SECONDS: std::ops::RangeInclusive<u64> = 1..=86_400;
/// A stream token's life where none is asked for, seconds.
pub const TOKEN_TTL_DEFAULT: u64 = 3_600;
/// A lease that a poll takes on a job in the directory, ms: long enough for the call to the job's object,
/// short enough that a lease which came to nothing is soon forgotten.
pub const LEASE_MS: u64 = 10_000;
