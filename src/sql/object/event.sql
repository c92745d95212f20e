-- A repeated creation is answered as the first was. Primary key.
SELECT id, attempt, fact FROM events WHERE id = ?1
