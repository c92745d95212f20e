-- GET /api/metrics. A scan of the counters: at most seven rows a project, however many jobs it has.
SELECT status, sum(jobs) AS jobs FROM job_counts GROUP BY status
