-- A repeated creation is answered as the first was. Primary key.
SELECT id, attempt, fact, request, latency_ms FROM events WHERE id = ?1
