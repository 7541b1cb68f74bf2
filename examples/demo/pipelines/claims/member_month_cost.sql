WITH monthly AS (
  SELECT
    c.member_id,
    date_trunc('month', c.service_from::timestamp)::date AS month,
    count(*) AS claims,
    sum(c.paid_amount) FILTER (WHERE c.setting = 'inpatient') AS inpatient_paid,
    sum(c.paid_amount) FILTER (WHERE c.setting IN ('outpatient', 'emergency')) AS outpatient_paid,
    sum(c.paid_amount) FILTER (WHERE c.setting = 'office') AS office_paid,
    sum(c.paid_amount) AS paid_amount
  FROM claims.claims AS c
  WHERE c.status = 'paid'
  GROUP BY c.member_id, date_trunc('month', c.service_from::timestamp)
)
SELECT
  mm.member_id,
  mm.month,
  mm.plan_id,
  coalesce(m.claims, 0) AS claims,
  coalesce(m.inpatient_paid, 0)::numeric(14, 2) AS inpatient_paid,
  coalesce(m.outpatient_paid, 0)::numeric(14, 2) AS outpatient_paid,
  coalesce(m.office_paid, 0)::numeric(14, 2) AS office_paid,
  coalesce(m.paid_amount, 0)::numeric(14, 2) AS paid_amount,
  mm.monthly_premium
FROM enrollment.member_months AS mm
LEFT JOIN monthly AS m ON m.member_id = mm.member_id AND m.month = mm.month
