WITH from_claims AS (
  SELECT
    c.patient,
    date_trunc('month', c.service_on::timestamp)::date AS month,
    count(*) AS claims,
    sum(c.charged) AS charged,
    sum(c.paid) AS paid
  FROM costs.claim_totals AS c
  GROUP BY 1, 2
),
from_encounters AS (
  SELECT
    e.patient,
    date_trunc('month', e.start AT TIME ZONE 'UTC')::date AS month,
    count(*) AS encounters,
    sum(e.total_claim_cost) AS encounter_cost,
    sum(e.payer_coverage) AS payer_coverage
  FROM raw.encounters AS e
  GROUP BY 1, 2
)
SELECT
  patient,
  month,
  m.patient IS NOT NULL AS is_insured,
  coalesce(c.claims, 0) AS claims,
  coalesce(c.charged, 0)::numeric(14, 2) AS charged,
  coalesce(c.paid, 0)::numeric(14, 2) AS paid,
  coalesce(e.encounters, 0) AS encounters,
  coalesce(e.encounter_cost, 0)::numeric(14, 2) AS encounter_cost,
  coalesce(e.payer_coverage, 0)::numeric(14, 2) AS payer_coverage
FROM coverage.member_months AS m
FULL JOIN from_claims AS c USING (patient, month)
FULL JOIN from_encounters AS e USING (patient, month)
