-- GET /api/projects, oldest first. Primary key.
SELECT id, name, public_read, project_key, retention_hours, is_default, created_at FROM projects ORDER BY id
