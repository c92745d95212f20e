-- Waking: has this object ever held a job? Reads the schema, writes nothing.
SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'record'
