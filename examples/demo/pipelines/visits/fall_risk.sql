-- Questions of several forms that mean the same have the same tag, so the form does not matter here.
WITH counted AS (
  SELECT DISTINCT ON (member_id) member_id, visited_on, value_number::integer AS falls
  FROM visits.visit_answers
  WHERE tag = 'FALLS-N' AND value_number IS NOT NULL AND visited_on <= current_setting('ctf.run_date')::date
  ORDER BY member_id, visited_on DESC, visit_id DESC
), homes AS (
  SELECT DISTINCT ON (member_id) member_id, value_boolean AS lives_alone
  FROM visits.visit_answers
  WHERE tag = 'SDOH-HOME' AND visited_on <= current_setting('ctf.run_date')::date
  ORDER BY member_id, visited_on DESC, visit_id DESC
)
SELECT c.member_id, c.visited_on, c.falls, h.lives_alone
FROM counted AS c
LEFT JOIN homes AS h USING (member_id)
WHERE c.falls > 0
