-- The alarm: jobs that told their last so long ago that no repetition comes any more.
DELETE FROM seen WHERE event <= ?1
