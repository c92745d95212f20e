-- GET /api/metrics. A scan of what is short: isolates that live, projects.
SELECT
  (SELECT coalesce(sum(open_streams), 0) FROM isolates WHERE seen_at >= ?1) AS open_streams,
  (SELECT count(*) FROM isolates WHERE seen_at >= ?1) AS isolates,
  (SELECT count(*) FROM projects) AS projects
