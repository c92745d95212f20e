//! Owns `GET /api/metrics`: the totals of all isolates and what is so now, for Prometheus.

use crate::edge::directory::{Directory, time};
use crate::edge::{Visit, gate, meter, reply};
use crate::job::JobState;
use crate::metrics::{self, Present, Total};
use crate::sql::directory as sql;
use serde::Deserialize;

#[derive(Deserialize)]
struct PresentRow {
    open_streams: u64,
    isolates: u64,
    projects: u64,
}

#[derive(Deserialize)]
struct Count {
    status: String,
    jobs: u64,
}

pub async fn show(visit: Visit) -> reply::Answer {
    gate::enter_metrics(&visit).await?;
    // What this isolate counted is in the figures; of the others it may be a period old.
    meter::tell(&visit.env).await;
    let directory = Directory::open(&visit.env)?;
    let totals: Vec<Total> = directory.rows(sql::list_totals, &[]).await?;
    let present: Option<PresentRow> = directory.first(sql::present, &[time(meter::living_since())]).await?;
    let counts: Vec<Count> = directory.rows(sql::count_all_jobs, &[]).await?;
    let jobs = counts.iter().filter_map(|count| Some((JobState::parse(&count.status)?, count.jobs))).collect();
    let present = present.map_or_else(Present::default, |row| Present {
        open_streams: row.open_streams,
        isolates: row.isolates,
        projects: row.projects,
        jobs,
    });
    reply::plain("text/plain; version=0.0.4; charset=utf-8", metrics::text(&totals, &present))
}
