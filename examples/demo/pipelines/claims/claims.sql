WITH RECURSIVE versions AS (
  -- From each original along its replacements. A replacement of a claim that we never got counts as an original.
  SELECT h.claim_number AS claim_id, h.claim_number, h.received_at, 0 AS adjustments
  FROM landing.claim_headers AS h
  WHERE NOT EXISTS (
    SELECT FROM landing.claim_headers AS earlier WHERE earlier.claim_number = h.replaces_claim_number
  )
  UNION ALL
  SELECT v.claim_id, h.claim_number, h.received_at, v.adjustments + 1
  FROM versions AS v
  JOIN landing.claim_headers AS h ON h.replaces_claim_number = v.claim_number
),
final_versions AS (
  -- Of two that replace the same version, the one that came later holds.
  SELECT DISTINCT ON (v.claim_id) v.*
  FROM versions AS v
  ORDER BY v.claim_id, v.adjustments DESC, v.received_at DESC, v.claim_number DESC
),
amounts AS (
  SELECT
    l.claim_number,
    sum(l.allowed_amount) AS allowed,
    sum(l.paid_amount) AS paid,
    bool_or(l.revenue_code BETWEEN '0450' AND '0459') AS has_emergency_room
  FROM landing.claim_lines AS l
  GROUP BY l.claim_number
)
SELECT
  f.claim_id,
  f.claim_number,
  h.member_id,
  CASE
    WHEN h.bill_type LIKE '11%' THEN 'inpatient'
    WHEN h.place_of_service = '23' OR a.has_emergency_room THEN 'emergency'
    WHEN h.bill_type IS NOT NULL OR h.place_of_service IN ('22', '24') THEN 'outpatient'
    ELSE 'office'
  END AS setting,
  h.bill_type,
  h.billing_npi,
  coalesce(h.rendering_npi, h.billing_npi) AS rendering_npi,
  h.service_from,
  h.service_to,
  h.admitted_on,
  h.discharge_status,
  h.diagnoses[1] AS principal_diagnosis,
  h.diagnoses,
  h.status,
  f.adjustments,
  (first_version.received_at AT TIME ZONE 'America/New_York')::date AS received_on,
  h.paid_on,
  coalesce(a.allowed, 0)::numeric(12, 2) AS allowed_amount,
  coalesce(a.paid, 0)::numeric(12, 2) AS paid_amount
FROM final_versions AS f
JOIN landing.claim_headers AS h ON h.claim_number = f.claim_number
JOIN landing.claim_headers AS first_version ON first_version.claim_number = f.claim_id
LEFT JOIN amounts AS a ON a.claim_number = f.claim_number
WHERE h.frequency_code <> '8'
