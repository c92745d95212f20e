-- POST /api/projects/{id}/rotate-project-key. Primary key.
UPDATE projects SET project_key = ?2 WHERE id = ?1 RETURNING project_key
