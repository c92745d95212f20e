-- Every request with an API key that this isolate does not remember. Unique index on hash.
SELECT id, project_id, scopes, expires_at, revoked_at FROM api_keys WHERE hash = ?1
