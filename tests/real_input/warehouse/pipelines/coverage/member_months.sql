SELECT
  s.patient,
  month.first_day::date AS month,
  s.payer,
  s.payer_name,
  extract(year FROM age(month.first_day, p.birthdate))::integer AS age
FROM coverage.periods AS s
JOIN raw.patients AS p ON p.id = s.patient
CROSS JOIN LATERAL generate_series(
  date_trunc('month', lower(s.days)::timestamp),
  upper(s.days)::timestamp,
  interval '1 month'
) AS month (first_day)
WHERE s.days @> month.first_day::date
