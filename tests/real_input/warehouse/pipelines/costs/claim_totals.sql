WITH totals AS (
  SELECT
    t.claimid,
    coalesce(sum(t.amount) FILTER (WHERE t.type = 'CHARGE'), 0) AS charged,
    coalesce(sum(t.payments) FILTER (WHERE t.type = 'PAYMENT'), 0) AS paid,
    coalesce(sum(t.transfers) FILTER (WHERE t.type = 'TRANSFEROUT'), 0) AS passed_on,
    count(*) AS transactions
  FROM raw.claims_transactions AS t
  GROUP BY t.claimid
)
SELECT
  c.id AS claim,
  c.patientid AS patient,
  c.appointmentid AS encounter,
  p.id AS payer,
  p.name AS payer_name,
  (c.servicedate AT TIME ZONE 'UTC')::date AS service_on,
  array_remove(
    ARRAY[
      c.diagnosis1, c.diagnosis2, c.diagnosis3, c.diagnosis4, c.diagnosis5, c.diagnosis6, c.diagnosis7, c.diagnosis8
    ],
    NULL
  ) AS diagnoses,
  c.status1 = 'CLOSED' AND coalesce(c.status2, 'CLOSED') = 'CLOSED' AND c.statusp = 'CLOSED' AS is_closed,
  t.charged::numeric(14, 2) AS charged,
  t.paid::numeric(14, 2) AS paid,
  t.passed_on::numeric(14, 2) AS passed_on,
  t.transactions
FROM raw.claims AS c
JOIN totals AS t ON t.claimid = c.id
LEFT JOIN raw.payers AS p ON p.id = nullif(c.primarypatientinsuranceid, '0')::uuid
