-- GET /logs: chunks with a line after ?1. Walks the primary key; at most the lines kept.
SELECT id, attempt, fact FROM logs WHERE to_seq > ?1 ORDER BY id
