-- POST /jobs with an Idempotency-Key: the first request's ids stand. Primary key.
INSERT INTO creations (project_id, key, fingerprint, job_ids, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (project_id, key) DO NOTHING
