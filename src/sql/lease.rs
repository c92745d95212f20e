//! Owns the other statement that has more than one form: a poll that asks for names. Each name reads its own few rows
//! of the index `jobs_pending_by_name`, so that what a poll costs does not grow with the jobs of other names that
//! wait.

use crate::sql::directory::lease_jobs;

/// Not a `UNION ALL` of the names: D1 takes five terms of one at most. The cross join keeps SQLite from walking over
/// `jobs` and asking for each row whether it is among the few.
const LEASE_NAMED: &str = "
UPDATE jobs SET lease_until = ?3, claim = ?5
WHERE id IN (
  SELECT jobs.id FROM json_each(?6) AS asked CROSS JOIN jobs
  WHERE jobs.id IN (
    SELECT id FROM jobs
    WHERE project_id = ?1 AND name = asked.value AND status = 'pending' AND lease_until <= ?2
    ORDER BY priority, id
    LIMIT ?4
  )
  ORDER BY jobs.priority, jobs.id
  LIMIT ?4
)
RETURNING id, priority";

/// Bound values: project, now, until when, how many, the poll's key or null; then the names, if there are any.
pub fn statement(names: &[String]) -> &'static str {
    if names.is_empty() { lease_jobs } else { LEASE_NAMED }
}

/// The names as the one value that they are bound as.
pub fn bound(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| serde_json::json!(names).to_string())
}
