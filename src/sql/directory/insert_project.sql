-- POST /api/projects. The first project is the default one.
INSERT INTO projects (id, name, public_read, project_key, retention_hours, is_default, created_at)
SELECT ?1, ?2, ?3, ?4, ?5, NOT EXISTS (SELECT 1 FROM projects WHERE is_default = 1), ?6
