-- GET /checkpoints. Primary key.
SELECT id, attempt, fact FROM checkpoints WHERE id > ?1 ORDER BY id LIMIT ?2
