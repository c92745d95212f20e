-- Poll for any name: takes candidates for a moment; their objects decide. Index jobs_pending, in its order.
UPDATE jobs SET lease_until = ?3, claim = ?5
WHERE id IN (
  SELECT id FROM jobs
  WHERE project_id = ?1 AND status = 'pending' AND lease_until <= ?2
  ORDER BY priority, id
  LIMIT ?4
)
RETURNING id, priority
