-- A reader of the activity without a cursor: the place before the newest ?2. Primary key, backwards.
SELECT id FROM entries WHERE views & ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2
