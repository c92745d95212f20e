-- PATCH /api/projects/{id}: null leaves a column as it is. Primary key.
UPDATE projects SET
  name = coalesce(?2, name),
  public_read = coalesce(?3, public_read),
  retention_hours = coalesce(?4, retention_hours),
  is_default = coalesce(?5, is_default)
WHERE id = ?1
RETURNING id, name, public_read, project_key, retention_hours, is_default, created_at
