-- Waking: has this feed ever taken a notice? Reads the schema, writes nothing.
SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'feed'
