-- What the service counts of itself, added up over all isolates; and the isolates that hold streams.

CREATE TABLE totals (
  family TEXT NOT NULL,
  -- Empty where the family has no label.
  label TEXT NOT NULL,
  total INTEGER NOT NULL CHECK (total >= 0),
  PRIMARY KEY (family, label)
) STRICT, WITHOUT ROWID;

CREATE TABLE isolates (
  id TEXT PRIMARY KEY,
  open_streams INTEGER NOT NULL CHECK (open_streams >= 0),
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
