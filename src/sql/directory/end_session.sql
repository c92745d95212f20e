-- DELETE /api/session. Primary key.
DELETE FROM sessions WHERE hash = ?1
