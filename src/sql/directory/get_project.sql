-- Administration, and the retention of jobs and feeds. Primary key.
SELECT id, name, public_read, project_key, retention_hours, is_default, created_at FROM projects WHERE id = ?1
