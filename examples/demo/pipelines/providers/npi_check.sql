CREATE OR REPLACE FUNCTION providers.npi_is_valid(npi text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  -- The check digit of ISO/IEC 7812 (Luhn), over the number with the prefix 80840 that stands for US health care.
  SELECT CASE
    WHEN npi ~ '^[12][0-9]{9}$' THEN (
      SELECT sum(CASE WHEN weighted.digit > 9 THEN weighted.digit - 9 ELSE weighted.digit END) % 10 = 0
      FROM (
        SELECT substr('80840' || npi, 16 - place, 1)::integer * (CASE WHEN place % 2 = 0 THEN 2 ELSE 1 END) AS digit
        FROM generate_series(1, 15) AS place
      ) AS weighted
    )
    ELSE false
  END
$$;
