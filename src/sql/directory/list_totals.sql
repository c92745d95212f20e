-- GET /api/metrics. A scan: some fifty rows.
SELECT family, label, total FROM totals
