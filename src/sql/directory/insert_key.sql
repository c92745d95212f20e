-- POST /api/projects/{id}/keys, and the first key of a new project. Writes nothing for an unknown project.
INSERT INTO api_keys (id, project_id, name, hash, prefix, scopes, created_at, expires_at)
SELECT ?1, id, ?3, ?4, ?5, ?6, ?7, ?8 FROM projects WHERE id = ?2
RETURNING id
