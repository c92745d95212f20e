-- GET /logs: chunks with a line after ?1, newer than ?2. Walks the primary key; at most the lines kept.
SELECT id, attempt, fact FROM logs WHERE id > ?2 AND to_seq > ?1 ORDER BY id LIMIT ?3
