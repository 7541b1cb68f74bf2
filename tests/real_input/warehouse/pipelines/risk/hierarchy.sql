WITH RECURSIVE reachable AS (
  SELECT h.model_domain, h.model_version, h.cc_parent AS category, h.cc_child AS replaces, 1 AS steps
  FROM raw.risk_hierarchies AS h
  UNION
  SELECT r.model_domain, r.model_version, r.category, h.cc_child, r.steps + 1
  FROM reachable AS r
  JOIN raw.risk_hierarchies AS h
    ON h.model_domain = r.model_domain AND h.model_version = r.model_version AND h.cc_parent = r.replaces
)
SELECT
  r.model_domain,
  r.model_version,
  r.category,
  r.replaces,
  min(r.steps) AS steps,
  c.label AS replaced_label
FROM reachable AS r
LEFT JOIN risk.categories AS c
  ON c.model_domain = r.model_domain AND c.model_version = r.model_version AND c.category = r.replaces
GROUP BY r.model_domain, r.model_version, r.category, r.replaces, c.label
