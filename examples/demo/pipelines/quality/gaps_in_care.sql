WITH calendar AS (
  SELECT
    run.run_date,
    date_trunc('year', run.run_date::timestamp)::date AS year_start,
    (date_trunc('year', run.run_date::timestamp) + interval '1 year - 1 day')::date AS year_end
  FROM (SELECT current_setting('ctf.run_date')::date AS run_date) AS run
),
measures AS (
  -- What closes a gap, and how far back it may lie.
  SELECT m.measure, m.title, m.procedures, m.counts_from
  FROM calendar AS c
  CROSS JOIN LATERAL (
    VALUES
      ('A1C', 'Hemoglobin A1c test', ARRAY['83036'], c.year_start),
      ('KED', 'Kidney test in diabetes', ARRAY['82043'], c.year_start),
      ('BCS', 'Mammogram', ARRAY['77067'], (c.year_start - interval '15 months')::date),
      ('COL', 'Colonoscopy', ARRAY['45378'], (c.year_start - interval '9 years')::date),
      ('COL', 'Stool test', ARRAY['82274'], c.year_start)
  ) AS m (measure, title, procedures, counts_from)
),
population AS (
  SELECT m.member_id, m.sex, extract(year FROM age(c.year_end, m.birth_date)) AS age_at_year_end
  FROM enrollment.current_coverage AS covered
  JOIN enrollment.members AS m ON m.member_id = covered.member_id
  CROSS JOIN calendar AS c
),
diabetics AS (
  -- Two visits on different days, or one stay in hospital, in this year or the last.
  SELECT c.member_id
  FROM claims.claims AS c
  CROSS JOIN calendar AS k
  WHERE c.status = 'paid'
    AND c.service_from BETWEEN k.year_start - interval '1 year' AND k.run_date
    AND EXISTS (SELECT FROM unnest(c.diagnoses) AS d (code) WHERE d.code ~ '^E1[013]')
  GROUP BY c.member_id
  HAVING count(DISTINCT c.service_from) >= 2 OR bool_or(c.setting = 'inpatient')
),
due AS (
  SELECT p.member_id, m.measure
  FROM population AS p
  JOIN diabetics AS d ON d.member_id = p.member_id
  CROSS JOIN (VALUES ('A1C'), ('KED')) AS m (measure)
  WHERE p.age_at_year_end BETWEEN 18 AND 85
  UNION ALL
  SELECT p.member_id, 'BCS'
  FROM population AS p
  WHERE p.sex = 'F' AND p.age_at_year_end BETWEEN 52 AND 74
  UNION ALL
  SELECT p.member_id, 'COL'
  FROM population AS p
  WHERE p.age_at_year_end BETWEEN 46 AND 75
)
SELECT
  d.member_id,
  d.measure,
  extract(year FROM k.run_date)::integer AS measurement_year,
  -- One measure may be met in several ways.
  string_agg(DISTINCT m.title, ' or ') AS title,
  count(l.service_on) > 0 AS is_closed,
  max(l.service_on) AS closed_on,
  k.year_end AS due_on,
  k.run_date AS as_of
FROM due AS d
CROSS JOIN calendar AS k
JOIN measures AS m ON m.measure = d.measure
LEFT JOIN claims.claim_lines AS l
  ON l.member_id = d.member_id
  AND l.procedure_code = ANY (m.procedures)
  AND l.service_on BETWEEN m.counts_from AND k.run_date
GROUP BY d.member_id, d.measure, k.run_date, k.year_end
