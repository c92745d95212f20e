-- GET /video-status/{filePath}. Index jobs_by_path, backwards.
SELECT document FROM jobs WHERE project_id = ?1 AND file_path = ?2 ORDER BY id DESC LIMIT 1
