SELECT
  s.member_id,
  current_setting('ctf.run_date')::date AS as_of,
  s.payment_year,
  s.score,
  cardinality(ARRAY(SELECT f FROM unnest(s.factors) AS f WHERE f !~ '^[FM]_')) AS conditions
FROM risk.risk_scores AS s
