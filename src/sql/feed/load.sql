-- Waking. Primary key.
SELECT body FROM feed WHERE one = 1
