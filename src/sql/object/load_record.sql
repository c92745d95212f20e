SELECT body FROM record WHERE one = 1
