-- Every request with a session that this isolate does not remember. Primary keys.
SELECT k.id, k.project_id, k.scopes, min(s.expires_at, coalesce(k.expires_at, s.expires_at)) AS expires_at, k.revoked_at
FROM sessions s JOIN api_keys k ON k.id = s.key_id
WHERE s.hash = ?1
