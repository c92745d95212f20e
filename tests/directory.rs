//! The directory on real SQLite: the migrations as they are applied, and each statement as it is run.

mod support;

use rusqlite::limits::Limit;
use rusqlite::types::Value as Bound;
use rusqlite::{Connection, Row, params_from_iter};
use support::build::{START, project};

#[path = "directory/costs.rs"]
mod costs;
#[path = "directory/feed.rs"]
mod feed;
#[path = "directory/jobs.rs"]
mod jobs;
#[path = "directory/leases.rs"]
mod leases;
#[path = "directory/metrics.rs"]
mod metrics;
#[path = "directory/object.rs"]
mod object;
#[path = "directory/plans.rs"]
mod plans;
#[path = "directory/projects.rs"]
mod projects;
#[path = "directory/queue.rs"]
mod queue;
#[path = "directory/refused.rs"]
mod refused;
#[path = "directory/sessions.rs"]
mod sessions;

/// Every migration, in order, on an empty database.
fn migrated() -> Connection {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("migrations").map(|file| file.expect("a file").path()).collect();
    files.sort();
    let db = Connection::open_in_memory().expect("SQLite");
    // As D1 does.
    db.execute_batch("PRAGMA foreign_keys = ON").expect("foreign keys");
    for (limit, most) in [(Limit::SQLITE_LIMIT_COMPOUND_SELECT, 5), (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 100)] {
        db.set_limit(limit, most).expect("a limit");
    }
    for file in files {
        db.execute_batch(&std::fs::read_to_string(file).expect("SQL")).expect("a good migration");
    }
    db
}

/// With one project, `project()`, which is the default one.
fn directory() -> Connection {
    let db = migrated();
    add_project(&db, project().as_str(), "pk_1");
    db
}

fn add_project(db: &Connection, id: &str, key: &str) {
    let statement = jobcast::sql::directory::insert_project;
    run(db, statement, vec![text(id), text("default"), number(1), text(key), number(24), number(START.0)]);
}

fn text(text: impl Into<String>) -> Bound {
    Bound::Text(text.into())
}

/// Numbers reach D1 and the objects' SQLite as doubles.
fn number(number: u64) -> Bound {
    Bound::Real(number as f64)
}

/// The bound values of a statement; a file's statement may use one twice, so they are numbered.
fn run(db: &Connection, sql: &str, bounds: Vec<Bound>) -> usize {
    try_run(db, sql, bounds).expect("a good statement")
}

fn try_run(db: &Connection, sql: &str, bounds: Vec<Bound>) -> rusqlite::Result<usize> {
    db.prepare_cached(sql)?.query(params_from_iter(bounds))?.mapped(|_| Ok(())).try_fold(0, |count, row| row.map(|()| count + 1))
}

/// The rows of a statement.
fn rows<T>(db: &Connection, sql: &str, bounds: Vec<Bound>, row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
    let mut statement = db.prepare_cached(sql).expect("a good statement");
    let rows = statement.query_map(params_from_iter(bounds), row).expect("a good query");
    rows.map(|row| row.expect("a good row")).collect()
}

/// A row of the table of jobs.
#[derive(Debug, Clone)]
struct JobRow {
    number: u128,
    project: String,
    name: Option<&'static str>,
    file_path: Option<&'static str>,
    status: &'static str,
    priority: u64,
    last_event: u64,
    claim: Option<&'static str>,
}

fn job_row(number: u128) -> JobRow {
    JobRow { number, project: project().to_string(), name: None, file_path: None, status: "pending", priority: 2, last_event: 1, claim: None }
}

impl JobRow {
    fn id(&self) -> String {
        support::build::job_id(self.number).to_string()
    }

    fn bounds(&self) -> Vec<Bound> {
        let optional = |value: Option<&str>| value.map_or(Bound::Null, text);
        let document = format!("{{\"id\":\"{}\",\"status\":\"{}\"}}", self.id(), self.status);
        vec![
            text(self.id()), text(&self.project), optional(self.name), optional(self.file_path), text(self.status),
            number(self.priority), number(1), number(3), number(self.last_event), text(document), optional(self.claim),
        ]
    }

    fn save(&self, db: &Connection) {
        run(db, jobcast::sql::directory::upsert_job, self.bounds());
    }
}
