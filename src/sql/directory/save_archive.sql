-- JobStream, when a job's log has expired and its object is emptied. Primary key.
INSERT INTO archives (job_id, body) VALUES (?1, ?2) ON CONFLICT (job_id) DO UPDATE SET body = excluded.body
