-- ProjectFeed, for each notice that is new.
INSERT INTO entries (id, job, event, views, is_progress, notice) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
