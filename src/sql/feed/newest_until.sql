-- Trimming by age: the newest entry that is to go. Primary key, backwards.
SELECT id FROM entries WHERE id <= ?1 ORDER BY id DESC LIMIT 1
