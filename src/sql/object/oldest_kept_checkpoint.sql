-- Trimming: the newest checkpoint that is to go. Primary key, backwards.
SELECT id FROM checkpoints ORDER BY id DESC LIMIT 1 OFFSET ?1
