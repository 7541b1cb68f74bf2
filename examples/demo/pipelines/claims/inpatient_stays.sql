WITH bills AS (
  -- A later bill of a long stay names the day of admission too, so the stay is whole if an earlier bill was denied.
  SELECT c.*, least(c.admitted_on, c.service_from) AS begins_on
  FROM claims.claims AS c
  WHERE c.setting = 'inpatient' AND c.status = 'paid'
),
in_order AS (
  SELECT
    b.*,
    b.begins_on > 1 + max(b.service_to) OVER earlier_bills AS is_new_stay
  FROM bills AS b
  WINDOW earlier_bills AS (
    PARTITION BY b.member_id
    ORDER BY b.begins_on, b.service_from, b.service_to, b.claim_id
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  )
),
numbered AS (
  SELECT
    i.*,
    count(*) FILTER (WHERE i.is_new_stay) OVER (
      PARTITION BY i.member_id
      ORDER BY i.begins_on, i.service_from, i.service_to, i.claim_id
    ) AS stay
  FROM in_order AS i
),
stays AS (
  SELECT
    n.member_id,
    min(n.begins_on) AS admitted_on,
    max(n.service_to) AS discharged_on,
    (array_agg(n.principal_diagnosis ORDER BY n.begins_on, n.service_from, n.service_to, n.claim_id))[1] AS principal_diagnosis,
    (array_agg(n.discharge_status ORDER BY n.service_to DESC, n.service_from DESC, n.claim_id DESC))[1] AS discharge_status,
    (array_agg(n.billing_npi ORDER BY n.service_to DESC, n.service_from DESC, n.claim_id DESC))[1] AS facility_npi,
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
