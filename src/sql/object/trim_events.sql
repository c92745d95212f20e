-- Trimming, by count or at the end of retention. Primary key.
DELETE FROM events WHERE id <= ?1
