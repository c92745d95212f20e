-- A stream that nobody's name opened: may it go on? Primary key.
SELECT id FROM projects WHERE id = ?1 AND public_read = 1
