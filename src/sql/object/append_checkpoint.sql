-- Each commit: a checkpoint.
INSERT INTO checkpoints (id, attempt, fact) VALUES (?1, ?2, ?3)
