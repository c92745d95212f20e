-- A command with an Idempotency-Key, in the commit of its events. Primary key.
INSERT INTO requests (key, fingerprint, answer, at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, answer = excluded.answer, at = excluded.at
