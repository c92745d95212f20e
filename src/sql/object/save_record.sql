-- With each transition, and now and then behind lighter events.
INSERT INTO record (one, body) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET body = excluded.body
