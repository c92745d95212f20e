//! Owns the queue view's questions to the directory: statistics, and the status of a file. Its list is `listing`, its
//! commands are `reports`, its stream is `watching`.

use crate::edge::d1::Row;
use crate::edge::directory::{Directory, text};
use crate::edge::reply::{self, Failure};
use crate::edge::{Visit, gate};
use crate::id::ProjectId;
use crate::job::JobState;
use crate::sql::directory as sql;
use crate::view::queue;
use serde_json::json;

/// How many jobs are in each state: read from the counters, never counted.
pub async fn counts(directory: &Directory<'_>, project: &ProjectId) -> Result<Vec<(JobState, u64)>, Failure> {
    Ok(counted(directory.rows(sql::count_jobs, &[text(project.as_str())]).await?)?)
}

/// Of rows with a state and how many jobs are in it.
pub fn counted(rows: Vec<Row>) -> worker::Result<Vec<(JobState, u64)>> {
    let count = |row: &Row| Ok((JobState::parse(&row.text("status")?), row.number("jobs")?));
    let counts = rows.iter().map(count).collect::<worker::Result<Vec<_>>>()?;
    Ok(counts.into_iter().filter_map(|(state, jobs)| Some((state?, jobs))).collect())
}

pub async fn stats(visit: Visit) -> reply::Answer {
    let grant = gate::enter(&visit).await?;
    let counts = counts(&Directory::of(&visit.env), &grant.project).await?;
    reply::json(200, &queue::stats(counts))
}

pub async fn video_status(visit: Visit) -> reply::Answer {
    let project = gate::enter_project(&visit).await?.grant.project;
    let bounds = [text(project.as_str()), text(visit.route.file_path())];
    let row = Directory::of(&visit.env).first(sql::newest_of_path, &bounds).await?;
    match row {
        Some(row) => {
            let document = serde_json::from_str(&row.text("document")?).map_err(worker::Error::from)?;
            reply::json(200, &queue::video_status(document))
        }
        None => reply::json(404, &json!({ "status": "not_found" })),
    }
}
