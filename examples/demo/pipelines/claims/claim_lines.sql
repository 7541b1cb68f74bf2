SELECT
  c.claim_id,
  l.line_number,
  c.member_id,
  l.service_on,
  l.procedure_code,
  l.revenue_code,
  l.units,
  l.allowed_amount,
  l.paid_amount
FROM claims.claims AS c
JOIN landing.claim_lines AS l ON l.claim_number = c.claim_number
