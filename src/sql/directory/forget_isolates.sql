-- Isolates that have told nothing for a while are gone. A scan of those that live.
DELETE FROM isolates WHERE seen_at < ?1
