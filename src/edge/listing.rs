//! Owns `GET /jobs`: a page of the directory.

use crate::edge::directory::{Directory, bound, text};
use crate::edge::reply::{self, Failure};
use crate::edge::{Visit, gate};
use crate::id::ProjectId;
use crate::response::with_events_url;
use crate::sql::directory as sql;
use crate::sql::list::{Bound, Listing};
use serde::Deserialize;
use serde_json::{Value, json};
use wasm_bindgen::JsValue;

#[derive(Deserialize)]
struct JobRow {
    id: String,
    document: String,
    found: u64,
}

#[derive(Deserialize)]
struct Count {
    #[serde(default)]
    status: String,
    jobs: u64,
}

pub async fn list(visit: Visit) -> reply::Answer {
    let grant = gate::enter(&visit).await?;
    let listing = Listing::parse(&visit.query())?;
    let directory = Directory::open(&visit.env)?;
    let (query, bounds) = listing.page_statement();
    let mut rows: Vec<JobRow> = directory.rows(&query, &bind(&grant.project, &bounds)).await?;
    let found = rows.first().map_or(0, |row| row.found);
    rows.truncate(listing.limit as usize);
    let more = found > rows.len() as u64;
    let next = rows.last().map(|row| row.id.clone()).filter(|_| more);
    let origin = visit.origin();
    let document = |row: &JobRow| serde_json::from_str::<Value>(&row.document).map(|job| with_events_url(job, &origin));
    let jobs = rows.iter().map(document).collect::<Result<Vec<_>, _>>().map_err(worker::Error::from)?;
    let total = total(&directory, &grant.project, &listing).await?;
    reply::json(
        200,
        &json!({
            "jobs": jobs, "limit": listing.limit, "offset": listing.offset,
            "count": jobs.len(), "total": total, "nextCursor": next,
        }),
    )
}

/// Read from the counters; only a search counts.
async fn total(directory: &Directory, project: &ProjectId, listing: &Listing) -> Result<u64, Failure> {
    if listing.is_search() {
        let (query, bounds) = listing.total_statement();
        let count: Option<Count> = directory.first(&query, &bind(project, &bounds)).await?;
        return Ok(count.map_or(0, |count| count.jobs));
    }
    let counts: Vec<Count> = directory.rows(sql::count_jobs, &[text(project.as_str())]).await?;
    let wanted = |count: &&Count| match &listing.states {
        Some(states) => states.iter().any(|state| state.word() == count.status),
        None => true,
    };
    Ok(counts.iter().filter(wanted).map(|count| count.jobs).sum())
}

fn bind(project: &ProjectId, bounds: &[Bound]) -> Vec<JsValue> {
    std::iter::once(text(project.as_str())).chain(bounds.iter().map(bound)).collect()
}
