-- POST /api/session, in one batch with the insert: those that are over. Index sessions_by_end.
DELETE FROM sessions WHERE expires_at <= ?1
