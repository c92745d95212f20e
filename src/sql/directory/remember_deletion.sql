-- JobStream, when a job is deleted: a row of it that is still on its way is refused. Primary key.
INSERT INTO deletions (job_id, deleted_at) VALUES (?1, ?2) ON CONFLICT (job_id) DO UPDATE SET deleted_at = excluded.deleted_at
