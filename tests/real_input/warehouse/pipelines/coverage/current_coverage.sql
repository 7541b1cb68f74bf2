WITH unbroken AS (
  -- Periods that touch, at the same payer, are one.
  SELECT s.patient, s.payer, s.payer_name, unnest(range_agg(s.days)) AS days
  FROM coverage.periods AS s
  GROUP BY s.patient, s.payer, s.payer_name
)
SELECT
  u.patient,
  u.payer,
  u.payer_name,
  lower(u.days) AS insured_since,
  (12 * extract(year FROM run_date) + extract(month FROM run_date)
    - 12 * extract(year FROM lower(u.days)) - extract(month FROM lower(u.days)) + 1)::integer AS months
FROM unbroken AS u
CROSS JOIN (SELECT current_setting('ctf.run_date')::date AS run_date) AS run
WHERE u.days @> run_date
