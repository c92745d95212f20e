-- A reader's cursor: an id of this feed? Primary key.
SELECT 1 AS found FROM entries WHERE id = ?1
