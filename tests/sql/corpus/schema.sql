-- The small warehouse that the queries of this folder read.
CREATE SCHEMA h;
CREATE TYPE h.address AS (street text, city text, zip text);
CREATE TABLE h.members (
  member_id int PRIMARY KEY, first_name text, last_name text, birth_date date, gender text,
  home h.address, languages text[], profile jsonb, risk numeric
);
CREATE TABLE h.providers (
  provider_id int PRIMARY KEY, name text, specialty text, npi text, office h.address, rating numeric
);
CREATE TABLE h.claims (
  claim_id int PRIMARY KEY, member_id int, provider_id int, service_date date, billed numeric, paid numeric,
  status text, codes text[], details jsonb
);
CREATE TABLE h.coverage_spans (member_id int, plan text, starts date, ends date, premium numeric);
CREATE TABLE h.calendar (day date PRIMARY KEY, month int, year int, holiday boolean);
CREATE TABLE h."Odd Names" ("Member Id" int, "select" text, "naïve" text);

INSERT INTO h.members
SELECT n, 'first' || n, 'last' || n % 3, date '1950-01-01' + n * 400, CASE n % 2 WHEN 0 THEN 'f' ELSE 'm' END,
  ROW('street' || n, 'city' || n % 2, 'zip' || n)::h.address, ARRAY['en', 'l' || n],
  jsonb_build_object('pcp', n % 2 + 1, 'tags', jsonb_build_array('a', 't' || n)), n * 0.5
FROM generate_series(1, 6) n;
INSERT INTO h.providers
SELECT n, 'provider' || n, 'specialty' || n % 2, 'npi' || n, ROW('way' || n, 'city' || n % 2, 'zip' || n)::h.address, n
FROM generate_series(1, 4) n;
INSERT INTO h.claims
SELECT n, n % 5 + 1, n % 3 + 1, date '2018-01-01' + n * 20, n * 10, n * 7, CASE n % 3 WHEN 0 THEN 'denied' ELSE 'paid' END,
  ARRAY['c' || n % 4, 'd' || n], jsonb_build_object('drg', n % 4, 'lines', jsonb_build_array(n, n + 1))
FROM generate_series(1, 12) n;
INSERT INTO h.coverage_spans
SELECT n % 4 + 1, 'plan' || n % 2, date '2018-01-01' + n * 30, date '2018-06-01' + n * 30, n * 11
FROM generate_series(1, 7) n;
INSERT INTO h.calendar
SELECT date '2018-01-01' + n * 20, 1 + n % 12, 2018, n % 5 = 0 FROM generate_series(0, 14) n;
INSERT INTO h."Odd Names" SELECT n, 'sel' || n, 'na' || n FROM generate_series(1, 4) n;
