-- Waking, for an object that was created before events kept their origin.
ALTER TABLE events ADD COLUMN request TEXT;
ALTER TABLE events ADD COLUMN latency_ms INTEGER;
