-- Replay and pages of the public part. Primary key.
SELECT id, attempt, fact FROM events WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3
