-- The directory: what is asked across jobs. Each job's object owns the truth; a row here is its projection and
-- only ever moves forward. Times are milliseconds since 1970. Forward only: never edit an applied migration.

CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  public_read INTEGER NOT NULL CHECK (public_read IN (0, 1)),
  -- Publishable: it only opens the public part of the project's streams, so it is stored as it is.
  project_key TEXT NOT NULL UNIQUE,
  retention_hours INTEGER NOT NULL CHECK (retention_hours BETWEEN 1 AND 8760),
  -- The project that the anonymous queue routes serve: the first one made.
  is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX projects_default ON projects (is_default) WHERE is_default = 1;

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  -- SHA-256 of the secret; the secret itself is shown once and kept nowhere.
  hash TEXT NOT NULL UNIQUE,
  prefix TEXT NOT NULL,
  -- A bit set; see src/access.rs.
  scopes INTEGER NOT NULL CHECK (scopes > 0),
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  last_used_at INTEGER
) STRICT;

CREATE INDEX api_keys_project ON api_keys (project_id, id);

CREATE TABLE jobs (
  -- `job_` and a ULID: sorts by creation.
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  name TEXT,
  file_path TEXT,
  status TEXT NOT NULL
    CHECK (status IN ('scheduled', 'pending', 'delivered', 'running', 'completed', 'failed', 'cancelled')),
  priority INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 3),
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  max_attempts INTEGER NOT NULL CHECK (max_attempts >= attempt),
  -- The newest event that the row knows of; a row with an older one is never written over a newer.
  last_event_id INTEGER NOT NULL CHECK (last_event_id > 0),
  -- Until when a poll that took the row may call the job's object; 0 when nobody does.
  lease_until INTEGER NOT NULL DEFAULT 0,
  -- The job as the producer API shows it, JSON.
  document TEXT NOT NULL CHECK (json_valid(document))
) STRICT;

-- GET /jobs, newest first; with a status; by name; by path.
CREATE INDEX jobs_by_project ON jobs (project_id, id);
CREATE INDEX jobs_by_status ON jobs (project_id, status, id);
CREATE INDEX jobs_by_name ON jobs (project_id, name, id) WHERE name IS NOT NULL;
CREATE INDEX jobs_by_path ON jobs (project_id, file_path, id) WHERE file_path IS NOT NULL;
-- Polls: priority first, then age.
CREATE INDEX jobs_pending ON jobs (project_id, priority, id) WHERE status = 'pending';
CREATE INDEX jobs_pending_by_name ON jobs (project_id, name, priority, id) WHERE status = 'pending' AND name IS NOT NULL;

-- Statistics are read, never counted: the triggers keep them.
CREATE TABLE job_counts (
  project_id TEXT NOT NULL,
  status TEXT NOT NULL,
  jobs INTEGER NOT NULL CHECK (jobs >= 0),
  PRIMARY KEY (project_id, status)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER jobs_counted_in AFTER INSERT ON jobs BEGIN
  INSERT INTO job_counts (project_id, status, jobs) VALUES (new.project_id, new.status, 1)
    ON CONFLICT (project_id, status) DO UPDATE SET jobs = jobs + 1;
END;

CREATE TRIGGER jobs_counted_over AFTER UPDATE OF status ON jobs WHEN old.status <> new.status BEGIN
  UPDATE job_counts SET jobs = jobs - 1 WHERE project_id = old.project_id AND status = old.status;
  INSERT INTO job_counts (project_id, status, jobs) VALUES (new.project_id, new.status, 1)
    ON CONFLICT (project_id, status) DO UPDATE SET jobs = jobs + 1;
END;

CREATE TRIGGER jobs_counted_out AFTER DELETE ON jobs BEGIN
  UPDATE job_counts SET jobs = jobs - 1 WHERE project_id = old.project_id AND status = old.status;
END;

-- Creations that came with an Idempotency-Key: which ids were made for which request.
CREATE TABLE creations (
  project_id TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  -- JSON list, in the order of the request.
  job_ids TEXT NOT NULL CHECK (json_valid(job_ids)),
  created_at INTEGER NOT NULL,
  -- The first answer; absent while its request is under way or if it died half way.
  answer TEXT CHECK (answer IS NULL OR json_valid(answer)),
  PRIMARY KEY (project_id, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX creations_by_age ON creations (created_at);
