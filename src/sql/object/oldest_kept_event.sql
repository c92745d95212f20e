-- Trimming: the newest event that is to go. Primary key, backwards.
SELECT id FROM events ORDER BY id DESC LIMIT 1 OFFSET ?1
