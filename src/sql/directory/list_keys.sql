-- GET /api/projects/{id}/keys. Index api_keys_project.
SELECT id, name, prefix, scopes, created_at, expires_at, revoked_at, last_used_at
FROM api_keys WHERE project_id = ?1 ORDER BY id
