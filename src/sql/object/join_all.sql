-- Replay with jobs:read, as join_events. Three primary keys, merged.
SELECT CAST(group_concat(id || iif(attempt = 1, '', ' ' || attempt) || fact, char(10)) AS BLOB) AS joined
FROM (SELECT id, attempt, fact FROM events WHERE id > ?1 AND id <= ?2
      UNION ALL SELECT id, attempt, fact FROM checkpoints WHERE id > ?1 AND id <= ?2
      UNION ALL SELECT id, attempt, fact FROM logs WHERE id > ?1 AND id <= ?2
      ORDER BY id LIMIT ?3)
