-- Replay and pages with jobs:read: newer than ?1, up to ?2. Three primary keys, merged.
SELECT id, attempt, fact, request, latency_ms FROM events WHERE id > ?1 AND id <= ?2
UNION ALL SELECT id, attempt, fact, NULL, NULL FROM checkpoints WHERE id > ?1 AND id <= ?2
UNION ALL SELECT id, attempt, fact, NULL, NULL FROM logs WHERE id > ?1 AND id <= ?2
ORDER BY id LIMIT ?3
