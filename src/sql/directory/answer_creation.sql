-- POST /jobs with an Idempotency-Key, once the jobs are made. Primary key.
UPDATE creations SET answer = ?3 WHERE project_id = ?1 AND key = ?2
