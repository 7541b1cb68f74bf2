WITH coefficients AS (
  -- CNA_HCC18 of C24 and DI_HCC18 of D24 are both about category 18 of V24. Interactions and demographics are left out.
  SELECT
    c.model_domain,
    CASE WHEN c.model_domain = 'RxHCC' THEN c.model_version ELSE 'V' || right(c.model_version, 2) END AS model_version,
    substring(c.coefficient FROM '^(.*)_(?:RX)?HCC\d+$') AS segment,
    substring(c.coefficient FROM '_(?:RX)?HCC(\d+)$')::integer AS category,
    c.value
  FROM raw.risk_coefficients AS c
  WHERE c.coefficient ~ '_(RX)?HCC\d+$'
),
replacing AS (
  SELECT h.model_domain, h.model_version, h.category, count(*) AS replaces
  FROM risk.hierarchy AS h
  GROUP BY h.model_domain, h.model_version, h.category
)
SELECT
  c.model_domain,
  c.model_version,
  c.segment,
  c.category,
  row_number() OVER (
    PARTITION BY c.model_domain, c.model_version, c.segment, c.category
    ORDER BY c.value
  ) AS variant,
  k.label,
  c.value AS weight,
  coalesce(r.replaces, 0) AS replaces
FROM coefficients AS c
JOIN risk.categories AS k
  ON k.model_domain = c.model_domain AND k.model_version = c.model_version AND k.category = c.category
LEFT JOIN replacing AS r
  ON r.model_domain = c.model_domain AND r.model_version = c.model_version AND r.category = c.category
