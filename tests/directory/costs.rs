//! What grows and what does not: SQLite counts the steps of its machine, so that a read which walks is told from one
//! that looks up, whatever the machine below.

use super::feed::{FeedDb, empty, notice};
use super::jobs::{bound, listing};
use crate::support::build::{START, job_id, project};
use crate::{directory, number, text};
use jobcast::notice::News;
use jobcast::sql::list::Words;
use jobcast::sql::{directory as sql, feed};
use rusqlite::types::Value as Bound;
use rusqlite::{Connection, StatementStatus, params_from_iter};

/// The jobs of a project, in all states in turn; every tenth has the path.
fn with_jobs(count: u64) -> Connection {
    let db = directory();
    let states = "'scheduled', 'pending', 'delivered', 'running', 'completed', 'failed', 'cancelled'";
    let insert = format!(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ?2), s (s) AS (VALUES (json_array({states})))
         INSERT INTO jobs (id, project_id, file_path, status, priority, attempt, max_attempts, last_event_id, document)
         SELECT printf('job_%026d', n), ?1, iif(n % 10 = 0, '/in.mp4', NULL), s ->> (n % 7), 2, 1, 3, 1, '{{}}' FROM n, s"
    );
    assert_eq!(db.execute(&insert, params_from_iter([text(project().as_str()), number(count)])), Ok(count as usize));
    db
}

/// The machine's steps for all rows of a statement.
fn steps(db: &Connection, statement: &str, bounds: Vec<Bound>) -> i32 {
    let mut prepared = db.prepare(statement).expect("a good statement");
    let rows = prepared.query(params_from_iter(bounds)).expect("a good query").mapped(|_| Ok(())).count();
    assert!(rows > 0, "{statement} finds nothing");
    prepared.get_status(StatementStatus::VmStep)
}

fn page(db: &Connection, query: &str) -> i32 {
    let (statement, bounds) = listing(query, Words::Queue).page_statement();
    steps(db, &statement, bound(project().as_str(), bounds))
}

#[test]
fn statistics_the_newest_of_a_path_and_a_page_cost_the_same_for_many_jobs_as_for_few() {
    let (few, many) = (with_jobs(1_000), with_jobs(100_000));
    let own = || text(project().as_str());
    let both = |cost: &dyn Fn(&Connection) -> i32| (cost(&few), cost(&many));
    let same = |what: &str, (few, many): (i32, i32)| assert_eq!(few, many, "{what}");
    same("statistics", both(&|db| steps(db, sql::count_jobs, vec![own()])));
    same("the newest of a path", both(&|db| steps(db, sql::newest_of_path, vec![own(), text("/in.mp4")])));
    for query in ["", "status=pending", "status=processing", "status=error", "filePath=/in.mp4"] {
        same(query, both(&|db| page(db, query)));
    }
    let middle = |db: &Connection| db.query_one("SELECT id FROM jobs ORDER BY id LIMIT 1 OFFSET 490", [], |row| row.get::<_, String>(0));
    same("a page from a cursor on", both(&|db| page(db, &format!("status=pending&cursor={}", middle(db).expect("a job")))));
}

#[test]
fn a_page_of_several_states_reads_no_more_than_each_of_them_would() {
    let db = with_jobs(10_000);
    // Three branches of one page each, and the merge of what they bring.
    assert!(page(&db, "status=pending") < 5 * page(&db, "status=running"));
    assert!(page(&db, "status=pending&limit=1") < page(&db, "status=pending&limit=50") / 4);
}

/// A feed of as many entries, of several jobs, in both views.
fn with_entries(count: u64) -> FeedDb {
    let mut feed = empty();
    let notices = (1..=count).map(|event| notice(u128::from(event % 7), event, News::Created { priority: 2 })).collect();
    feed.append(notices, START.0);
    feed
}

#[test]
fn whoever_joins_a_feed_costs_the_same_however_long_it_is() {
    let feeds = [with_entries(300), with_entries(3_000)];
    let views = || number(jobcast::notice::Views::ASSET.bits().into());
    let costs = feeds.each_ref().map(|FeedDb { db, feed: log }| {
        let early = log.tail.0 - 250;
        [
            steps(db, feed::is_stored, vec![number(early)]),
            steps(db, feed::oldest, vec![]),
            steps(db, feed::before_newest, vec![views(), number(100)]),
            steps(db, feed::read, vec![number(early), views(), number(1_001)]),
            steps(db, feed::oldest_kept, vec![number(200)]),
        ]
    });
    assert_eq!(costs[0], costs[1]);
}

#[test]
fn whether_a_job_is_known_costs_the_same_however_many_have_gone() {
    let costs = [10u128, 1_000].map(|jobs| {
        let mut feed = empty();
        let entries = feed.append((1..=jobs).map(|job| notice(job, 1, News::Started {})).collect(), START.0);
        let floor = entries.last().expect("an entry").id;
        feed.db.execute(feed::note_seen, [floor.0]).expect("noted");
        feed.db.execute(feed::trim, [floor.0]).expect("trimmed");
        steps(&feed.db, feed::last_seen, vec![text(job_id(5).to_string())])
    });
    assert_eq!(costs[0], costs[1]);
}
