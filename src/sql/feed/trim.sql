-- Trimming, by count or age. Primary key.
DELETE FROM entries WHERE id <= ?1
