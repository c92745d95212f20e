-- A project key that is not the job's: is it anybody's? Unique index on project_key.
SELECT id FROM projects WHERE project_key = ?1
