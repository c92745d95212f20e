-- Trimming, by count or at the end of retention. Primary key.
DELETE FROM checkpoints WHERE id <= ?1
