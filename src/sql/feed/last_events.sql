-- Waking: what is known of each job in the window. Walks the table; at most the entries kept.
SELECT job, max(event) AS event FROM entries GROUP BY job
