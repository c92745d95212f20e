-- Replay and pages of the public part, and what the project has not been told. Primary key.
SELECT id, attempt, fact, request, latency_ms FROM events WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3
