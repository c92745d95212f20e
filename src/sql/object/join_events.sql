-- Replay of the public part, many events as the bytes of one text: a line each of its id, its attempt where it is not the
-- first, and its fact, which is JSON and has no line end in it. Newer than ?1, up to ?2. Primary key. The order is that of the subquery, which its LIMIT holds SQLite to;
-- who reads it looks whether it is.
SELECT CAST(group_concat(id || iif(attempt = 1, '', ' ' || attempt) || fact, char(10)) AS BLOB) AS joined
FROM (SELECT id, attempt, fact FROM events WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3)
