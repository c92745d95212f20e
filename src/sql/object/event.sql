-- A repeated creation is answered as the first was, and an expired job's end is archived. Primary key.
SELECT id, attempt, fact, request, latency_ms FROM events WHERE id = ?1
