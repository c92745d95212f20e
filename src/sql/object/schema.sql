-- JobStream, once, in the commit that creates the job: an object that was only asked about stores nothing.
-- The three logs share one sequence of ids; they stand apart because each has its own retention.
CREATE TABLE IF NOT EXISTS events
  (id INTEGER PRIMARY KEY, attempt INTEGER NOT NULL, fact TEXT NOT NULL, request TEXT, latency_ms INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS checkpoints (id INTEGER PRIMARY KEY, attempt INTEGER NOT NULL, fact TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS logs
  (id INTEGER PRIMARY KEY, attempt INTEGER NOT NULL, to_seq INTEGER NOT NULL, fact TEXT NOT NULL) STRICT;
-- The fold up to some event; what came after is folded on when the object wakes.
CREATE TABLE IF NOT EXISTS record (one INTEGER PRIMARY KEY CHECK (one = 1), body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS requests
  (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
