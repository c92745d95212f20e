-- A job that has no entry in the window. Primary key.
SELECT event FROM seen WHERE job = ?1
