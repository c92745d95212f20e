-- The alarm: keys older than 24 h.
DELETE FROM requests WHERE at <= ?1
