-- Trimming: the newest entry that is to go when ?1 are kept. Primary key, backwards.
SELECT id FROM entries ORDER BY id DESC LIMIT 1 OFFSET ?1
