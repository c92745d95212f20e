-- Waking: has this object ever held a job, and do its events keep their origin? Reads the schema, writes nothing.
SELECT sql LIKE '%latency_ms%' AS is_current FROM sqlite_master WHERE type = 'table' AND name = 'events'
