-- The same batch: keys older than 24 h. Index creations_by_age.
DELETE FROM creations WHERE created_at < ?1
