-- The end of retention: an object whose keys may still be repeated is not emptied yet.
SELECT max(at) AS at FROM requests
