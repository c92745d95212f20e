-- A poll with an Idempotency-Key: what an earlier try of it took. Index jobs_by_claim.
SELECT id, priority FROM jobs WHERE project_id = ?1 AND claim = ?2 LIMIT ?3
