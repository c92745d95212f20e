-- Each commit: a chunk of lines.
INSERT INTO logs (id, attempt, fact, to_seq) VALUES (?1, ?2, ?3, ?4)
