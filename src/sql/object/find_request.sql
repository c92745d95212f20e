-- A command with an Idempotency-Key. Primary key.
SELECT fingerprint, answer FROM requests WHERE key = ?1 AND at > ?2
