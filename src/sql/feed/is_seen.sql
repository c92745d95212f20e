-- Whether anything is known of jobs whose entries have gone. Walks the table, as far as its first row.
SELECT 1 AS found FROM seen LIMIT 1
