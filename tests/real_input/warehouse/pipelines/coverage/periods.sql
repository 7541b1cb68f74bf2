WITH dated AS (
  -- Instants are told in UTC. A period ends at an instant, and the day of that instant belongs to the next one.
  SELECT
    t.patient,
    t.payer,
    t.secondary_payer,
    (t.starts_at AT TIME ZONE 'UTC')::date AS first_day,
    (t.ends_at AT TIME ZONE 'UTC')::date AS day_after
  FROM raw.payer_transitions AS t
),
cut AS (
  SELECT
    d.patient,
    d.payer,
    d.secondary_payer,
    d.first_day,
    -- Nobody is insured after death, and after the run date the file only guesses.
    least(d.day_after, p.deathdate + 1, current_setting('ctf.run_date')::date + 1) AS day_after,
    d.day_after > current_setting('ctf.run_date')::date + 1 AND p.deathdate IS NULL AS is_open
  FROM dated AS d
  JOIN raw.patients AS p ON p.id = d.patient
)
SELECT
  c.patient,
  c.payer,
  p.name AS payer_name,
  c.secondary_payer,
  daterange(c.first_day, c.day_after) AS days,
  c.is_open
FROM cut AS c
JOIN raw.payers AS p ON p.id = c.payer
WHERE c.first_day < c.day_after
  AND p.name <> 'NO_INSURANCE'
