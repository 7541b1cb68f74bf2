WITH last_words AS (
  -- A record of the same plan and start corrects the earlier one.
  SELECT DISTINCT ON (c.member_id, c.plan_id, c.starts_on)
    c.member_id,
    c.plan_id,
    c.monthly_premium,
    c.starts_on,
    nullif(c.ends_on, DATE '9999-12-31') AS ends_on,
    c.reported_at,
    c.record_id
  FROM landing.coverage AS c
  ORDER BY c.member_id, c.plan_id, c.starts_on, c.reported_at DESC, c.record_id DESC
),
enrolled AS (
  -- An end before the start says that it was withdrawn. Of two plans on the same day, the later report holds.
  SELECT DISTINCT ON (w.member_id, w.starts_on) w.*
  FROM last_words AS w
  WHERE w.ends_on IS NULL OR w.ends_on >= w.starts_on
  ORDER BY w.member_id, w.starts_on, w.reported_at DESC, w.record_id DESC
),
usual_premiums AS (
  SELECT
    c.plan_id,
    extract(year FROM c.starts_on) AS year,
    mode() WITHIN GROUP (ORDER BY c.monthly_premium) AS monthly_premium
  FROM landing.coverage AS c
  GROUP BY c.plan_id, extract(year FROM c.starts_on)
),
one_plan_a_day AS (
  -- Nobody can be in two Medicare plans: the next start ends what went before. least() passes over a NULL end.
  SELECT
    e.member_id,
    e.plan_id,
    coalesce(e.monthly_premium, u.monthly_premium)::numeric(8, 2) AS monthly_premium,
    e.starts_on,
    least(e.ends_on, lead(e.starts_on) OVER (PARTITION BY e.member_id ORDER BY e.starts_on) - 1) AS ends_on
  FROM enrolled AS e
  JOIN usual_premiums AS u ON u.plan_id = e.plan_id AND u.year = extract(year FROM e.starts_on)
),
spans AS (
  -- Renewals at the same premium touch each other and become one span.
  SELECT d.member_id, d.plan_id, d.monthly_premium, unnest(range_agg(daterange(d.starts_on, d.ends_on, '[]'))) AS span
  FROM one_plan_a_day AS d
  GROUP BY d.member_id, d.plan_id, d.monthly_premium
),
breaks AS (
  SELECT
    s.*,
    lower(s.span) > lag(upper(s.span)) OVER (PARTITION BY s.member_id ORDER BY s.span) AS follows_a_gap
  FROM spans AS s
),
periods AS (
  SELECT
    b.*,
    (1 + count(*) FILTER (WHERE b.follows_a_gap) OVER (PARTITION BY b.member_id ORDER BY b.span))::integer AS period
  FROM breaks AS b
)
SELECT
  p.member_id,
  p.plan_id,
  p.monthly_premium,
  p.span,
  lower(p.span) AS starts_on,
  upper(p.span) - 1 AS ends_on,
  p.period,
  min(lower(p.span)) OVER (PARTITION BY p.member_id, p.period) AS covered_since
FROM periods AS p
JOIN enrollment.members AS m ON m.member_id = p.member_id
