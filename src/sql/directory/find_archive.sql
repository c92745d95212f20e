-- JobStream, when an empty object is asked about its job. Primary key.
SELECT body FROM archives WHERE job_id = ?1
