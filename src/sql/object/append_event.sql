INSERT INTO events (id, attempt, fact, request, latency_ms) VALUES (?1, ?2, ?3, ?4, ?5)
