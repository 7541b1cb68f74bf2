WITH coded AS (
  -- A diagnosis counts if somebody paid to treat it made it: in a hospital, or in a specialty that is accepted.
  SELECT c.member_id, c.claim_id, c.service_from, diagnosis.code
  FROM claims.claims AS c
  JOIN providers.directory AS d ON d.npi = c.rendering_npi AND d.risk_eligible
  CROSS JOIN LATERAL unnest(c.diagnoses) AS diagnosis (code)
  WHERE c.status = 'paid'
    AND extract(year FROM c.service_from) = extract(year FROM current_setting('ctf.run_date')::date) - 1
),
conditions AS (
  SELECT
    d.member_id,
    m.category,
    array_agg(DISTINCT d.code) AS diagnoses,
    count(DISTINCT d.claim_id) AS claims,
    max(d.service_from) AS last_coded_on
  FROM coded AS d
  JOIN reference.diagnosis_categories AS m ON m.diagnosis = d.code
  GROUP BY d.member_id, m.category
),
replaced AS (
  -- The gravest of those that replace a category, should there be several.
  SELECT DISTINCT ON (graver.member_id, milder.category) graver.member_id, milder.category, f.factor AS replaced_by
  FROM conditions AS graver
  JOIN reference.risk_factors AS f ON f.factor = graver.category
  CROSS JOIN LATERAL unnest(f.replaces) AS milder (category)
  ORDER BY graver.member_id, milder.category, f.coefficient DESC, f.factor
)
SELECT
  c.member_id,
  c.category,
  f.label,
  f.coefficient,
  c.diagnoses,
  c.claims,
  c.last_coded_on,
  r.replaced_by
FROM conditions AS c
JOIN reference.risk_factors AS f ON f.factor = c.category
LEFT JOIN replaced AS r ON r.member_id = c.member_id AND r.category = c.category
