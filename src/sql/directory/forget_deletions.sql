-- The same batch: what nothing can be on its way of any more. Index deletions_by_age.
DELETE FROM deletions WHERE deleted_at < ?1
