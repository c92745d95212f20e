-- Nobody's name on the queue routes. Index projects_default.
SELECT id, public_read FROM projects WHERE is_default = 1
