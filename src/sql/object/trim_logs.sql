-- Trimming, by count or at the end of retention. Primary key.
DELETE FROM logs WHERE id <= ?1
