-- Each commit: a fact that is neither a checkpoint nor lines.
INSERT INTO events (id, attempt, fact, request, latency_ms) VALUES (?1, ?2, ?3, ?4, ?5)
