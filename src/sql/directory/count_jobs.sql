-- The totals of lists and statistics. Primary key of job_counts: at most seven rows.
SELECT status, jobs FROM job_counts WHERE project_id = ?1
