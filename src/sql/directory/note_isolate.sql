-- The isolate that tells what it counted. Primary key.
INSERT INTO isolates (id, open_streams, seen_at) VALUES (?1, ?2, ?3)
ON CONFLICT (id) DO UPDATE SET open_streams = excluded.open_streams, seen_at = excluded.seen_at
