SELECT
  s.member_id,
  month.first_day::date AS month,
  s.plan_id,
  s.monthly_premium,
  extract(year FROM age(month.first_day, m.birth_date))::integer AS age,
  m.is_dual
FROM enrollment.coverage_spans AS s
JOIN enrollment.members AS m ON m.member_id = s.member_id
-- Without time zone, so that a month begins at midnight wherever this runs.
CROSS JOIN LATERAL generate_series(
  date_trunc('month', s.starts_on::timestamp),
  least(s.ends_on, current_setting('ctf.run_date')::date)::timestamp,
  interval '1 month'
) AS month (first_day)
WHERE month.first_day::date <@ s.span
  -- Medicare ends with the month of death, also where the coverage has not been corrected yet.
  AND (m.death_date IS NULL OR m.death_date >= month.first_day)
