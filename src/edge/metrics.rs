//! Owns `GET /api/metrics`: the totals of all isolates and what is so now, for Prometheus.

use crate::edge::d1::Row;
use crate::edge::directory::{Directory, time};
use crate::edge::{Visit, gate, meter, queue, reply};
use crate::metrics::{self, Present, Total};
use crate::sql::directory as sql;
use worker::Result;

pub async fn show(visit: Visit) -> reply::Answer {
    gate::enter_metrics(&visit).await?;
    // What this isolate counted is in the figures; of the others it may be a period old.
    meter::tell(&visit.env).await;
    let directory = Directory::of(&visit.env);
    let totals = directory.rows(sql::list_totals, &[]).await?;
    let totals = totals.iter().map(total).collect::<Result<Vec<Total>>>()?;
    let present = directory.first(sql::present, &[time(meter::living_since())]).await?;
    let jobs = queue::counted(directory.rows(sql::count_all_jobs, &[]).await?)?;
    let present = match present {
        Some(row) => Present {
            open_streams: row.number("open_streams")?,
            isolates: row.number("isolates")?,
            projects: row.number("projects")?,
            jobs,
        },
        None => Present::default(),
    };
    reply::plain("text/plain; version=0.0.4; charset=utf-8", metrics::text(&totals, &present))
}

fn total(row: &Row) -> Result<Total> {
    Ok(Total { family: row.text("family")?, label: row.text("label")?, total: row.number("total")? })
}
