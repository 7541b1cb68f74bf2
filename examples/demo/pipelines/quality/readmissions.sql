WITH stays AS (
  SELECT
    s.*,
    lead(s.admitted_on) OVER (PARTITION BY s.member_id ORDER BY s.admitted_on) AS next_admitted_on
  FROM claims.inpatient_stays AS s
  WHERE s.admitted_on <= current_setting('ctf.run_date')::date
),
coverage AS (
  SELECT c.member_id, range_agg(c.span) AS days
  FROM enrollment.coverage_spans AS c
  GROUP BY c.member_id
)
SELECT
  s.member_id,
  s.admitted_on,
  s.discharged_on,
  s.facility_npi,
  s.principal_diagnosis,
  s.next_admitted_on,
  s.next_admitted_on - s.discharged_on AS days_until_next,
  coalesce(s.next_admitted_on - s.discharged_on <= 30, false) AS is_readmission
FROM stays AS s
JOIN coverage AS c ON c.member_id = s.member_id
-- Not after a death (20), a leave against advice (07) or to another hospital (02), nor while the patient is still there (30) …
WHERE coalesce(s.discharge_status, '') NOT IN ('02', '07', '20', '30')
  -- … and only where the 30 days are over and we would know of a return.
  AND s.discharged_on + 30 <= current_setting('ctf.run_date')::date
  AND c.days @> daterange(s.admitted_on, s.discharged_on + 30, '[]')
