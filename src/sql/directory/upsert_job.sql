-- JobStream, after each transition and behind progress. Primary key; forward only, and nothing once the job is deleted. It
-- answers with the project's retention, so that a job which has ended knows when to look again.
INSERT INTO jobs (id, project_id, name, file_path, status, priority, attempt, max_attempts, last_event_id, document, claim)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 WHERE NOT EXISTS (SELECT 1 FROM deletions WHERE job_id = ?1)
ON CONFLICT (id) DO UPDATE SET
  status = excluded.status,
  attempt = excluded.attempt,
  max_attempts = excluded.max_attempts,
  last_event_id = excluded.last_event_id,
  lease_until = 0,
  document = excluded.document,
  claim = excluded.claim
WHERE excluded.last_event_id > jobs.last_event_id
RETURNING (SELECT retention_hours FROM projects WHERE projects.id = ?2) AS retention_hours
