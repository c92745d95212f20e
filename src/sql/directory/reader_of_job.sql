-- An anonymous reader or a project key opens a job's stream: primary keys.
SELECT p.id AS project_id, p.public_read, p.project_key
FROM jobs j JOIN projects p ON p.id = j.project_id
WHERE j.id = ?1
