-- Sessions of the dashboard, and what is kept of jobs whose log has expired.

CREATE TABLE sessions (
  -- SHA-256 of the secret in the cookie, as with API keys.
  hash TEXT PRIMARY KEY,
  -- The session is as good as the key that opened it, and ends with it.
  key_id TEXT NOT NULL REFERENCES api_keys (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL CHECK (expires_at > created_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_end ON sessions (expires_at);

-- The object of an expired job is empty; this is what it wakes from. Goes with the job's row.
CREATE TABLE archives (
  job_id TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  -- The job as its object held it, and its terminal event, JSON.
  body TEXT NOT NULL CHECK (json_valid(body))
) STRICT, WITHOUT ROWID;
