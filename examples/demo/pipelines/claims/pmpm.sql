CREATE OR REPLACE VIEW claims.pmpm_by_plan AS
WITH months AS (
  SELECT c.plan_id, c.month, count(*) AS members, sum(c.paid_amount) AS paid_amount
  FROM claims.member_month_cost AS c
  GROUP BY c.plan_id, c.month
)
SELECT
  m.plan_id,
  m.month,
  m.members,
  m.paid_amount,
  round(m.paid_amount / m.members, 2) AS pmpm,
  round(sum(m.paid_amount) OVER last_year / sum(m.members) OVER last_year, 2) AS pmpm_12_months
FROM months AS m
WINDOW last_year AS (
  PARTITION BY m.plan_id
  ORDER BY m.month
  RANGE BETWEEN interval '11 months' PRECEDING AND CURRENT ROW
);

CREATE OR REPLACE FUNCTION claims.pmpm(plan text, from_month date, to_month date) RETURNS numeric
LANGUAGE sql STABLE
AS $$
  SELECT round(sum(c.paid_amount) / count(*), 2)
  FROM claims.member_month_cost AS c
  WHERE (plan IS NULL OR c.plan_id = plan)
    AND c.month BETWEEN from_month AND to_month
$$;
