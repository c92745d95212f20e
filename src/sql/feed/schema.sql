-- ProjectFeed, with the first notice. `views` is a bit set (src/notice.rs); `is_progress` marks what may be thinned.
CREATE TABLE IF NOT EXISTS entries (
  id INTEGER PRIMARY KEY, job TEXT NOT NULL, event INTEGER NOT NULL,
  views INTEGER NOT NULL, is_progress INTEGER NOT NULL, notice TEXT NOT NULL
) STRICT;
-- What the feed remembers of itself; stored when entries go.
CREATE TABLE IF NOT EXISTS feed (one INTEGER PRIMARY KEY CHECK (one = 1), body TEXT NOT NULL) STRICT;
-- The last event of jobs whose entries have gone, so that a late repetition is known.
CREATE TABLE IF NOT EXISTS seen (job TEXT PRIMARY KEY, event INTEGER NOT NULL) STRICT, WITHOUT ROWID;
