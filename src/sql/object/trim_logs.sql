DELETE FROM logs WHERE id <= ?1
