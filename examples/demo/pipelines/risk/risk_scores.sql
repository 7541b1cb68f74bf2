WITH population AS (
  SELECT mm.member_id, m.sex, mm.age, mm.is_dual, m.is_disabled
  FROM enrollment.member_months AS mm
  JOIN enrollment.members AS m ON m.member_id = mm.member_id
  WHERE mm.month = date_trunc('month', current_setting('ctf.run_date')::timestamp)::date
),
counting AS (
  SELECT c.member_id, array_agg(c.category) AS categories
  FROM risk.member_conditions AS c
  WHERE c.replaced_by IS NULL
  GROUP BY c.member_id
),
factors AS (
  -- Who gave no sex is counted half as a woman and half as a man.
  SELECT p.member_id, f.factor, f.kind, f.coefficient / (CASE WHEN p.sex IS NULL THEN 2 ELSE 1 END) AS coefficient
  FROM population AS p
  JOIN reference.risk_factors AS f ON f.kind = 'demographic' AND f.sex = coalesce(p.sex, f.sex) AND f.ages @> p.age
  UNION ALL
  SELECT p.member_id, f.factor, f.kind, f.coefficient
  FROM population AS p
  JOIN reference.risk_factors AS f ON (f.factor = 'DUAL' AND p.is_dual) OR (f.factor = 'DISABLED' AND p.is_disabled)
  UNION ALL
  SELECT p.member_id, f.factor, f.kind, f.coefficient
  FROM population AS p
  JOIN counting AS c ON c.member_id = p.member_id
  JOIN reference.risk_factors AS f
    ON (f.kind = 'condition' AND f.factor = ANY (c.categories))
    OR (f.kind = 'interaction' AND f.requires <@ c.categories)
),
sums AS (
  SELECT
    f.member_id,
    coalesce(sum(f.coefficient) FILTER (WHERE f.kind IN ('demographic', 'status')), 0)::numeric(6, 3) AS demographic_score,
    coalesce(sum(f.coefficient) FILTER (WHERE f.kind IN ('condition', 'interaction')), 0)::numeric(6, 3) AS condition_score,
    array_agg(f.factor ORDER BY f.coefficient DESC, f.factor) AS factors
  FROM factors AS f
  GROUP BY f.member_id
)
SELECT
  s.member_id,
  extract(year FROM current_setting('ctf.run_date')::date)::integer AS payment_year,
  s.demographic_score,
  s.condition_score,
  (s.demographic_score + s.condition_score)::numeric(6, 3) AS score,
  s.factors
FROM sums AS s
