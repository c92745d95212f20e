-- DELETE /api/projects/{id}/keys/{key}: a second time changes nothing. Primary key.
UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?3) WHERE id = ?2 AND project_id = ?1 RETURNING id
