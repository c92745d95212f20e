//! Each statement is good SQL, and reads by the index that its comment names.

use crate::{directory, migrated};
use jobcast::fields::Query;
use jobcast::sql::list::{Listing, Words};
use jobcast::sql::{directory as sql, feed, object};
use rusqlite::Connection;

fn with_schema(schema: &str) -> Connection {
    let db = Connection::open_in_memory().expect("SQLite");
    db.execute_batch(schema).expect("a good schema");
    db
}

fn plan(db: &Connection, statement: &str) -> Vec<String> {
    let explain = format!("EXPLAIN QUERY PLAN {statement}");
    let mut prepared = db.prepare(&explain).unwrap_or_else(|error| panic!("{statement}: {error}"));
    let steps = prepared.raw_query().mapped(|row| row.get("detail")).collect::<Result<Vec<String>, _>>();
    steps.expect("a plan")
}

/// The comment that stands above a statement, in one line.
fn comment(statement: &str) -> String {
    statement.lines().filter_map(|line| line.strip_prefix("-- ")).collect::<Vec<_>>().join(" ")
}

/// What says that a statement reads a whole table, and of which it must say why that is short.
const SCAN: &str = "A scan";

/// Whether the plan does what the comment promises; `None` where the comment names no index.
fn keeps_its_word(comment: &str, steps: &[String]) -> Option<bool> {
    let reads = steps.join("; ");
    let promised = |words: &str| comment.split_once(words).map(|(_, rest)| rest);
    let first_word = |rest: &str| rest.split([' ', '.', ',']).next().unwrap_or_default().to_owned();
    let is_write = steps.iter().all(|step| !step.starts_with("SCAN") && !step.starts_with("SEARCH"));
    if let Some(column) = promised("nique index on ").map(first_word) {
        return Some(reads.contains(&format!("({column}=?)")));
    }
    if let Some(index) = promised("Index ").map(first_word) {
        return Some(reads.contains(&index));
    }
    if comment.contains(SCAN) {
        return Some(reads.contains("SCAN"));
    }
    let by_primary_key = |step: &String| {
        let read = step.starts_with("SCAN") || step.starts_with("SEARCH");
        !read || step.contains("PRIMARY KEY") || step.contains("sqlite_autoindex") || step.starts_with("SCAN") && is_rowid_order(step)
    };
    comment.to_lowercase().contains("primary key").then(|| is_write || steps.iter().all(by_primary_key))
}

/// A table's own order is that of its integer primary key; what a subquery gives is as many rows as it reads, and bound values are one.
fn is_rowid_order(step: &str) -> bool {
    ["SCAN events", "SCAN checkpoints", "SCAN logs", "SCAN CONSTANT ROW"].contains(&step) || step.starts_with("SCAN (subquery")
}

#[test]
fn every_statement_of_the_directory_prepares_and_says_who_calls_it_and_what_it_reads_by() {
    let db = migrated();
    for (name, statement) in sql::ALL {
        let steps = plan(&db, statement);
        let comment = comment(statement);
        assert!(!comment.is_empty(), "{name} has no comment");
        assert_ne!(keeps_its_word(&comment, &steps), Some(false), "{name}: “{comment}”, but: {steps:#?}");
        let names_its_index = keeps_its_word(&comment, &steps).is_some() || statement.contains("INSERT INTO");
        assert!(names_its_index, "{name} does not say what it reads by: {steps:#?}");
        let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE"));
        assert!(!sorts || comment.contains(SCAN), "{name} sorts: {steps:#?}");
    }
}

#[test]
fn every_statement_of_the_object_prepares_and_keeps_its_word() {
    let db = with_schema(object::schema);
    // The upgrade is for older schemas: object.rs has its test.
    for (name, statement) in object::ALL.iter().filter(|(name, _)| !["schema", "upgrade"].contains(name)) {
        let steps = plan(&db, statement);
        let comment = comment(statement);
        assert!(!comment.is_empty(), "{name} has no comment");
        assert_ne!(keeps_its_word(&comment, &steps), Some(false), "{name}: “{comment}”, but: {steps:#?}");
        assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{name} sorts: {steps:#?}");
    }
}

/// Whether all that is read is found by key, or walked in the order of its key up to a limit.
fn is_by_key(statement: &str, steps: &[String]) -> bool {
    let ordered = |step: &str| step == "SCAN entries" && statement.contains("ORDER BY id") && statement.contains("LIMIT");
    let any = |step: &str| step.starts_with("SCAN seen") && statement.trim_end().ends_with("FROM seen LIMIT 1");
    steps.iter().filter(|step| step.starts_with("SCAN")).all(|step| ordered(step) || any(step))
}

#[test]
fn every_statement_of_the_feed_prepares_and_walks_a_table_only_where_it_says_so() {
    let db = with_schema(feed::schema);
    for (name, statement) in feed::ALL.iter().filter(|(name, _)| *name != "schema") {
        let (steps, comment) = (plan(&db, statement), comment(statement));
        assert!(!comment.is_empty(), "{name} has no comment");
        let says_so = comment.contains("Walks the") || comment.contains("Reads the schema");
        assert!(says_so || is_by_key(statement, &steps), "{name}: “{comment}”, but: {steps:#?}");
        assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY")), "{name} sorts: {steps:#?}");
    }
}

#[test]
fn the_newest_job_of_a_path_is_read_from_the_end_of_its_index() {
    let steps = plan(&migrated(), sql::newest_of_path);
    assert_eq!(steps, ["SEARCH jobs USING INDEX jobs_by_path (project_id=? AND file_path=?)"]);
}

#[test]
fn a_poll_reads_the_pending_jobs_in_their_order_and_nothing_else() {
    let steps = plan(&migrated(), sql::lease_jobs);
    assert!(steps.iter().any(|step| step.contains("jobs_pending (project_id=?)")), "{steps:#?}");
    assert!(!steps.iter().any(|step| step.starts_with("SCAN jobs")), "{steps:#?}");
}

#[test]
fn a_poll_for_names_reads_only_pending_jobs_of_these_names() {
    let db = migrated();
    let steps = plan(&db, jobcast::sql::lease::statement(&["encode".to_owned(), "thumb".to_owned()]));
    let by_name = |step: &&String| step.contains("jobs_pending_by_name (project_id=? AND name=?)");
    assert_eq!(steps.iter().filter(by_name).count(), 1, "{steps:#?}");
    assert!(!steps.iter().any(|step| step.starts_with("SCAN jobs")), "{steps:#?}");
}

/// Whether the rows of `jobs` are sorted; what is done to the page that was read is nobody's cost.
fn sorts_jobs(db: &Connection, statement: &str) -> bool {
    let explain = format!("EXPLAIN QUERY PLAN {statement}");
    let mut prepared = db.prepare(&explain).expect("a good statement");
    let steps = prepared.raw_query().mapped(|row| Ok((row.get("parent")?, row.get("detail")?)));
    let steps: Vec<(u64, String)> = steps.collect::<Result<_, _>>().expect("a plan");
    let reads = |detail: &str| detail.starts_with("SEARCH jobs") || detail.starts_with("SCAN jobs");
    let (parent, _) = steps.iter().find(|(_, detail)| reads(detail)).expect("a read of jobs");
    steps.iter().any(|(sibling, detail)| sibling == parent && detail.contains("TEMP B-TREE"))
}

#[test]
fn each_form_of_the_list_reads_one_index_backwards() {
    let db = directory();
    let forms = [
        ("", "jobs_by_project"),
        ("cursor=job_01KJMA0FM00000000000000001", "jobs_by_project"),
        ("status=running", "jobs_by_status"),
        ("status=running&cursor=job_01KJMA0FM00000000000000001", "jobs_by_status"),
        ("status=queued", "jobs_by_"),
        ("name=a", "jobs_by_name"),
        ("name=a&status=running", "jobs_by_"),
        ("filePath=a", "jobs_by_path"),
        ("filePath=a&cursor=job_01KJMA0FM00000000000000001", "jobs_by_path"),
    ];
    let queue = [
        ("status=pending", "jobs_by_status"),
        ("status=pending&cursor=job_01KJMA0FM00000000000000001", "jobs_by_status"),
        ("status=pending&filePath=a", "jobs_by_path"),
        ("status=processing", "jobs_by_status"),
    ];
    let worded = forms.map(|form| (Words::Canonical, form)).into_iter().chain(queue.map(|form| (Words::Queue, form)));
    for (words, (query, index)) in worded {
        let (statement, _) = Listing::parse(&Query::parse(Some(query)), words).expect("a good query").page_statement();
        let steps = plan(&db, &statement);
        assert!(steps.iter().any(|step| step.contains(index)), "{query}: {steps:#?}");
        assert!(!sorts_jobs(&db, &statement), "{query} sorts: {steps:#?}");
    }
}

#[test]
fn every_file_is_listed_and_every_list_has_its_file() {
    for (folder, all) in [("directory", sql::ALL), ("object", object::ALL), ("feed", feed::ALL)] {
        let path = format!("{}/src/sql/{folder}", env!("CARGO_MANIFEST_DIR"));
        let files = std::fs::read_dir(path).expect("a folder").map(|file| file.expect("a file").file_name().into_string().expect("a name"));
        let mut files: Vec<String> = files.map(|file| file.trim_end_matches(".sql").to_owned()).collect();
        let mut names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        files.sort();
        names.sort();
        assert_eq!(files, names);
    }
}
