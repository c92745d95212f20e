-- Trimming: what goes is noted first. Primary keys.
INSERT INTO seen (job, event) SELECT job, max(event) FROM entries WHERE id <= ?1 GROUP BY job
ON CONFLICT (job) DO UPDATE SET event = max(event, excluded.event)
