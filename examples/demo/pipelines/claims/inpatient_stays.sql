WITH bills AS (
  SELECT
    c.*,
    c.service_from > 1 + max(c.service_to) OVER earlier_bills AS is_new_stay
  FROM claims.claims AS c
  WHERE c.setting = 'inpatient' AND c.status = 'paid'
  WINDOW earlier_bills AS (
    PARTITION BY c.member_id
    ORDER BY c.service_from, c.service_to, c.claim_id
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  )
),
numbered AS (
  SELECT
    b.*,
    count(*) FILTER (WHERE b.is_new_stay) OVER (
      PARTITION BY b.member_id
      ORDER BY b.service_from, b.service_to, b.claim_id
    ) AS stay
  FROM bills AS b
),
stays AS (
  SELECT
    n.member_id,
    min(n.service_from) AS admitted_on,
    max(n.service_to) AS discharged_on,
    (array_agg(n.principal_diagnosis ORDER BY n.service_from, n.service_to))[1] AS principal_diagnosis,
    (array_agg(n.discharge_status ORDER BY n.service_to DESC, n.service_from DESC))[1] AS discharge_status,
    (array_agg(n.billing_npi ORDER BY n.service_to DESC, n.service_from DESC))[1] AS facility_npi,
    count(DISTINCT n.billing_npi) > 1 AS was_moved,
    count(*) AS bills,
    sum(n.paid_amount) AS paid_amount
  FROM numbered AS n
  GROUP BY n.member_id, n.stay
)
SELECT
  s.member_id,
  s.admitted_on,
  s.discharged_on,
  s.discharged_on - s.admitted_on AS nights,
  s.principal_diagnosis,
  s.discharge_status,
  s.facility_npi,
  d.name AS facility,
  s.was_moved,
  s.bills,
  s.paid_amount::numeric(14, 2) AS paid_amount
FROM stays AS s
LEFT JOIN providers.directory AS d ON d.npi = s.facility_npi
