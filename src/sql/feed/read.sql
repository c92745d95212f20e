-- Replay: newer than ?1, of one of the views ?2. Primary key.
SELECT id, notice FROM entries WHERE id > ?1 AND views & ?2 ORDER BY id LIMIT ?3
