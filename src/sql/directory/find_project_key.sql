-- Whose project key this is: streams and status by it, and whether a stream that it opened may go on. Unique index on project_key.
SELECT id FROM projects WHERE project_key = ?1
