INSERT INTO events (id, attempt, fact) VALUES (?1, ?2, ?3)
