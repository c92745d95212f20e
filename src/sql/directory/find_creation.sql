-- POST /jobs with an Idempotency-Key, in one batch with the insert. Primary key.
SELECT fingerprint, job_ids, answer FROM creations WHERE project_id = ?1 AND key = ?2
