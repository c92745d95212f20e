-- JobStream, when a job is deleted. Primary key.
DELETE FROM jobs WHERE id = ?1
