//! Owns `GET /jobs` of the producer API and of the queue view: a page of the directory.

use crate::edge::d1::Row;
use crate::edge::directory::{Directory, bound, text};
use crate::edge::reply::{self, Failure};
use crate::edge::{Visit, gate, queue};
use crate::id::ProjectId;
use crate::job::JobState;
use crate::response::with_events_url;
use crate::route::Action;
use crate::sql::list::{Bound, Listing, Words};
use crate::view::queue as queue_view;
use serde_json::{Value, json};
use wasm_bindgen::JsValue;

pub async fn list(visit: Visit) -> reply::Answer {
    let grant = gate::enter(&visit).await?;
    let words = match visit.route.action {
        Action::QueueJobs => Words::Queue,
        _ => Words::Canonical,
    };
    let listing = Listing::parse(&visit.query(), words)?;
    let directory = Directory::of(&visit.env);
    let (query, bounds) = listing.page_statement();
    let mut rows = directory.rows(&query, &bind(&grant.project, &bounds)).await?;
    let found = rows.first().map_or(Ok(0), |row| row.number("found"))?;
    rows.truncate(listing.limit as usize);
    let more = found > rows.len() as u64;
    let next = rows.last().filter(|_| more).map(|row| row.text("id")).transpose()?;
    let origin = visit.origin();
    let document = |row: &Row| {
        let job = with_events_url(serde_json::from_str::<Value>(&row.text("document")?)?, &origin);
        Ok(if words == Words::Queue { queue_view::listed(job) } else { job })
    };
    let jobs = rows.iter().map(document).collect::<worker::Result<Vec<_>>>()?;
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
async fn total(directory: &Directory<'_>, project: &ProjectId, listing: &Listing) -> Result<u64, Failure> {
    if listing.is_search() {
        let (query, bounds) = listing.total_statement();
        let count = directory.first(&query, &bind(project, &bounds)).await?;
        return Ok(count.map_or(Ok(0), |count| count.number("jobs"))?);
    }
    let counts = queue::counts(directory, project).await?;
    let wanted = |state: &JobState| listing.states.as_ref().is_none_or(|states| states.contains(state));
    Ok(counts.iter().filter(|(state, _)| wanted(state)).map(|(_, jobs)| jobs).sum())
}

fn bind(project: &ProjectId, bounds: &[Bound]) -> Vec<JsValue> {
    std::iter::once(text(project.as_str())).chain(bounds.iter().map(bound)).collect()
}
