CREATE SCHEMA IF NOT EXISTS care;

CREATE TABLE IF NOT EXISTS care.outreach (
  member_id bigint NOT NULL,
  contacted_on date NOT NULL,
  result text NOT NULL,
  PRIMARY KEY (member_id, contacted_on)
);

INSERT INTO care.outreach (member_id, contacted_on, result)
SELECT
  m.member_id,
  DATE '2018-04-16' - (m.member_id % 90)::integer AS contacted_on,
  CASE WHEN m.member_id % 4 = 0 THEN 'no answer' ELSE 'reached' END AS result
FROM enrollment.members AS m
WHERE m.member_id % 17 = 0
ON CONFLICT DO NOTHING;
