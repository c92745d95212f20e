-- The alarm: jobs that told their last so long ago that no repetition comes any more. Walks the table; at most the jobs
-- of that time.
DELETE FROM seen WHERE event <= ?1
