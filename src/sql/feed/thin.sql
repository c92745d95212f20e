-- Trimming: progress that a later one of the same job overtook, up to ?1. Walks the table; at most the entries kept.
DELETE FROM entries WHERE is_progress = 1 AND id <= ?1 AND id NOT IN (
  SELECT max(id) FROM entries WHERE is_progress = 1 GROUP BY job
)
