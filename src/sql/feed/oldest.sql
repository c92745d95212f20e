-- A reset tells the oldest entry that is left, and the alarm looks when it expires. Primary key.
SELECT id FROM entries ORDER BY id LIMIT 1
