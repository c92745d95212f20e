-- Trimming: the newest chunk of which no line is to be kept. Primary key, backwards.
SELECT id FROM logs WHERE to_seq <= ?1 ORDER BY id DESC LIMIT 1
