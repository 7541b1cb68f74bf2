CREATE OR REPLACE VIEW quality.measure_rates AS
SELECT
  g.measure,
  c.plan_id,
  count(*) AS due,
  count(*) FILTER (WHERE g.is_closed) AS closed,
  round(100.0 * count(*) FILTER (WHERE g.is_closed) / count(*), 1) AS rate
FROM quality.gaps_in_care AS g
JOIN enrollment.current_coverage AS c ON c.member_id = g.member_id
GROUP BY GROUPING SETS ((g.measure), (g.measure, c.plan_id));

CREATE OR REPLACE VIEW quality.outreach_list AS
WITH open_gaps AS (
  SELECT g.member_id, g.as_of, count(*) AS open_gaps, array_agg(g.title ORDER BY g.measure) AS due_for
  FROM quality.gaps_in_care AS g
  WHERE NOT g.is_closed
  GROUP BY g.member_id, g.as_of
)
SELECT
  row_number() OVER (ORDER BY g.open_gaps DESC, r.score DESC NULLS LAST, g.member_id) AS rank,
  g.member_id,
  coalesce(m.nickname, m.first_name) || ' ' || m.last_name AS call_as,
  m.phone,
  m.language,
  c.plan_id,
  g.open_gaps,
  g.due_for,
  r.score AS risk_score
FROM open_gaps AS g
JOIN enrollment.members AS m ON m.member_id = g.member_id
JOIN enrollment.current_coverage AS c ON c.member_id = g.member_id
LEFT JOIN risk.risk_scores AS r ON r.member_id = g.member_id
WHERE m.phone IS NOT NULL
  AND NOT EXISTS (
    SELECT
    FROM care.outreach AS o
    WHERE o.member_id = g.member_id
      AND o.result = 'reached'
      AND o.contacted_on > g.as_of - 60
  );
