-- Waking. Primary key.
SELECT body FROM record WHERE one = 1
