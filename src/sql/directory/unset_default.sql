-- PATCH /api/projects/{id} {isDefault: true}, in one batch with the update. Index projects_default.
UPDATE projects SET is_default = 0 WHERE is_default = 1 AND EXISTS (SELECT 1 FROM projects WHERE id = ?1)
