-- A poll that comes again under its Idempotency-Key, because its answer was lost, finds the jobs that it was given.

-- The key of the poll that took the job, while the job is held by it and not yet begun.
ALTER TABLE jobs ADD COLUMN claim TEXT;

CREATE INDEX jobs_by_claim ON jobs (project_id, claim) WHERE claim IS NOT NULL;
