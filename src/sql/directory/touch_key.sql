-- Behind a look-up, at most once in five minutes a key: open streams look their keys up too. Primary key.
UPDATE api_keys SET last_used_at = ?2 WHERE id = ?1 AND coalesce(last_used_at, 0) < ?2 - 300000
