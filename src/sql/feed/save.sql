-- With the first notice, and when entries go. Primary key.
INSERT INTO feed (one, body) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET body = excluded.body
