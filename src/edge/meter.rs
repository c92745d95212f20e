//! Owns what an isolate counts, and how it is added up: now and then in the directory, and as a data point where Analytics
//! Engine is bound. All objects and requests of an isolate share one meter.
//! Invariant: counting waits for nothing and never fails; what D1 refused is told again. A total may count twice what D1
//! took without saying so, and lacks what an isolate counted just before it went.

use crate::edge::complaint::complain;
use crate::edge::directory::{Directory, number, text, time};
use crate::edge::platform::{now, random, setting};
use crate::metrics::{Count, Lag, Tally};
use crate::sql::directory as sql;
use crate::time::Timestamp;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use std::cell::RefCell;
use worker::{AnalyticsEngineDataPointBuilder, Env, Result};

/// An isolate that has been silent for so many periods holds no streams any more.
const SILENT_PERIODS: u64 = 3;
const PERIOD_SECONDS_DEFAULT: u64 = 60;

thread_local! {
    static METER: RefCell<Meter> = RefCell::default();
}

#[derive(Default)]
struct Meter {
    tally: Tally,
    open_streams: u64,
    /// Who this isolate is, and since when it counts: made with the first look.
    id: String,
    told_at: Timestamp,
    period_ms: u64,
}

pub fn count(count: Count, by: usize) {
    METER.with_borrow_mut(|meter| meter.tally.add(count, by as u64));
}

pub fn late(lag: Lag, since: Timestamp) {
    METER.with_borrow_mut(|meter| meter.tally.late(lag, now().since(since)));
}

/// A stream that this isolate holds, for as long as it lives.
pub struct OpenStream(());

impl OpenStream {
    pub fn new() -> OpenStream {
        METER.with_borrow_mut(|meter| {
            meter.open_streams += 1;
            meter.tally.add(Count::StreamOpened, 1);
        });
        OpenStream(())
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        METER.with_borrow_mut(|meter| meter.open_streams = meter.open_streams.saturating_sub(1));
    }
}

/// The work of telling, when it is time: something was counted or is held, and the last telling is a period ago. To be
/// done behind an answer.
pub fn due(env: &Env) -> Option<LocalBoxFuture<'static, ()>> {
    let is_due = METER.with_borrow_mut(|meter| {
        let now = now();
        meter.begin(env, now);
        let has_news = !meter.tally.is_empty() || meter.open_streams > 0;
        let is_due = meter.period_ms > 0 && has_news && now.since(meter.told_at) >= meter.period_ms;
        // Nobody else tells meanwhile.
        meter.told_at = if is_due { now } else { meter.told_at };
        is_due
    });
    is_due.then(|| {
        let env = env.clone();
        async move { tell(&env).await }.boxed_local()
    })
}

impl Meter {
    /// The setting is read once: each look at it is a call out of wasm. The first telling is due at once, because many
    /// an isolate lives for less than a period.
    fn begin(&mut self, env: &Env, now: Timestamp) {
        if !self.id.is_empty() {
            return;
        }
        self.id = format!("{:016x}", u64::from_le_bytes(random()));
        let seconds = setting(env, "METRICS_SECONDS").and_then(|text| text.parse::<u64>().ok());
        self.period_ms = seconds.unwrap_or(PERIOD_SECONDS_DEFAULT) * 1_000;
        self.told_at = now.minus(self.period_ms);
    }
}

/// Adds what was counted to the totals.
pub async fn tell(env: &Env) {
    let (tally, open_streams, id) = METER.with_borrow_mut(|meter| {
        meter.begin(env, now());
        (std::mem::take(&mut meter.tally), meter.open_streams, meter.id.clone())
    });
    match add(env, &tally, open_streams, &id).await {
        Ok(()) => point(env, &tally, open_streams, &id),
        Err(error) => {
            complain("metrics.refused", &error.to_string(), None);
            METER.with_borrow_mut(|meter| meter.tally.merge(&tally));
        }
    }
}

fn point(env: &Env, tally: &Tally, open_streams: u64, id: &str) {
    let Ok(dataset) = env.analytics_engine("ANALYTICS") else { return };
    let point = AnalyticsEngineDataPointBuilder::new().indexes([id]).doubles(tally.columns(open_streams));
    let _ = dataset.write_data_point(&point.build());
}

async fn add(env: &Env, tally: &Tally, open_streams: u64, id: &str) -> Result<()> {
    let directory = Directory::of(env);
    let counted = serde_json::to_string(&tally.rows())?;
    let statements = vec![
        directory.statement(sql::add_totals, &[text(&counted)])?,
        directory.statement(sql::note_isolate, &[text(id), number(open_streams), time(now())])?,
        directory.statement(sql::forget_isolates, &[time(living_since())])?,
    ];
    directory.batch(statements).await.map(|_| ())
}

/// Isolates that were heard of since then hold their streams still.
pub fn living_since() -> Timestamp {
    let period = METER.with_borrow(|meter| meter.period_ms);
    now().minus(SILENT_PERIODS * period.max(PERIOD_SECONDS_DEFAULT * 1_000))
}
