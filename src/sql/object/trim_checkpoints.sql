DELETE FROM checkpoints WHERE id <= ?1
