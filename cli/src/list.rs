//! `jobcast list`: jobs, newest first, page by page until there are enough.

use crate::arguments::List;
use crate::say;
use crate::service::{Call, Service, encode};
use crate::table::Table;
use crate::trouble::Trouble;
use jobcast::limits;
use serde_json::{Value, json};
use std::time::Duration;

pub const PATIENCE: Duration = Duration::from_secs(5);

pub fn list(list: &List, service: &Service, json: bool) -> Result<u8, Trouble> {
    let filters: String = [("status", &list.status), ("name", &list.name), ("filePath", &list.path)]
        .into_iter()
        .filter_map(|(name, value)| Some(format!("&{name}={}", encode(value.as_deref()?))))
        .collect();
    let (mut jobs, mut total, mut cursor) = (vec![], Value::Null, String::new());
    loop {
        let limit = (list.limit - jobs.len()).clamp(1, limits::PAGE_JOBS as usize);
        let path = format!("/api/v1/jobs?limit={limit}{filters}{cursor}");
        let mut page = service.ask(&Call::get(path), PATIENCE)?;
        total = if total.is_null() { page["total"].clone() } else { total };
        jobs.extend(page["jobs"].as_array_mut().map(std::mem::take).unwrap_or_default());
        match page["nextCursor"].as_str() {
            Some(next) if jobs.len() < list.limit => cursor = format!("&cursor={}", encode(next)),
            _ => break,
        }
    }
    jobs.truncate(list.limit);
    if json {
        say::json(&json!({ "jobs": jobs, "count": jobs.len(), "total": total }));
    } else {
        print(&jobs, &total);
    }
    Ok(0)
}

fn print(jobs: &[Value], total: &Value) {
    let mut table = Table::new(&["JOB", "STATUS", "%", "NAME", "CREATED", "MESSAGE"]);
    for job in jobs {
        let text = |name: &str| job[name].as_str().unwrap_or_default().to_owned();
        let name = if job["name"].is_string() { text("name") } else { text("filePath") };
        let message = if job["error"].is_string() { text("error") } else { text("message") };
        table.row([
            text("id"),
            text("status"),
            format!("{:.0}", job["progress"].as_f64().unwrap_or_default()),
            name,
            text("createdAt"),
            message,
        ]);
    }
    table.print();
    if total.as_u64().is_some_and(|total| total > jobs.len() as u64) {
        say::say(&format!("{} of {total} jobs; --limit shows more.", jobs.len()));
    }
}
