-- Waking: how many entries there are, and the newest. Walks the primary key; at most the entries kept.
SELECT count(*) AS entries, coalesce(max(id), 0) AS tail FROM entries
