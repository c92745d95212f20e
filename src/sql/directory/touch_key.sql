-- Behind a look-up, so at most about every 20 s a key and isolate. Primary key.
UPDATE api_keys SET last_used_at = ?2 WHERE id = ?1
