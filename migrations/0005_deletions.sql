-- Jobs that were deleted of late. A row that was on its way when its object's power was cut arrives after the object has woken and
-- deleted the job; it would stand in lists with no job behind it.

CREATE TABLE deletions (
  job_id TEXT PRIMARY KEY,
  deleted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX deletions_by_age ON deletions (deleted_at);
