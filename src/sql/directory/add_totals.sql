-- What one isolate has counted: a JSON list of [family, label, number]. One row written for each that is not nought.
INSERT INTO totals (family, label, total)
SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1) WHERE true
ON CONFLICT (family, label) DO UPDATE SET total = total + excluded.total
