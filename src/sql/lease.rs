//! Owns the other statement that has more than one form: a poll that asks for names. Each name reads its own few rows
//! of the index `jobs_pending_by_name`, so that what a poll costs does not grow with the jobs of other names that
//! wait. Fragments are fixed text; values are always bound.

use crate::sql::directory::lease_jobs;

/// Bound values: project, now, until when, how many, the poll's key or null; then each name.
pub fn statement(names: &[String]) -> String {
    if names.is_empty() {
        return lease_jobs.to_owned();
    }
    let first_few = |(index, _): (usize, &String)| {
        format!(
            "SELECT * FROM (SELECT id, priority FROM jobs WHERE project_id = ?1 AND name = ?{} AND status = 'pending' \
             AND lease_until <= ?2 ORDER BY priority, id LIMIT ?4)",
            index + 6
        )
    };
    let candidates = names.iter().enumerate().map(first_few).collect::<Vec<_>>().join(" UNION ALL ");
    format!(
        "UPDATE jobs SET lease_until = ?3, claim = ?5 WHERE id IN (SELECT id FROM ({candidates}) ORDER BY priority, id LIMIT ?4) \
         RETURNING id, priority"
    )
}
