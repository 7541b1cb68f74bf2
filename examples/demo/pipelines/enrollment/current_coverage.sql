SELECT
  s.member_id,
  s.plan_id,
  s.monthly_premium,
  s.covered_since,
  s.ends_on,
  m.county
FROM enrollment.coverage_spans AS s
JOIN enrollment.members AS m ON m.member_id = s.member_id
WHERE s.span @> current_setting('ctf.run_date')::date
  AND (m.death_date IS NULL OR m.death_date > current_setting('ctf.run_date')::date)
