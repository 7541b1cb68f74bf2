WITH valid AS (
  SELECT
    p.*,
    CASE p.entity
      WHEN 'individual' THEN concat_ws(' ', nullif(trim(split_part(p.name, ',', 2)), ''), split_part(p.name, ',', 1))
      ELSE p.name
    END AS full_name,
    s.specialty,
    s.is_primary_care,
    s.risk_eligible
  FROM landing.providers AS p
  LEFT JOIN reference.specialties AS s ON s.taxonomy = p.taxonomy
  WHERE providers.npi_is_valid(p.npi)
),
gathered AS (
  SELECT
    v.npi,
    (array_agg(v.full_name ORDER BY v.record_id DESC))[1] AS name,
    (array_agg(replace(v.credential, '.', '') ORDER BY v.record_id DESC))[1] AS credential,
    bool_or(v.entity = 'organization') AS is_organization,
    coalesce(array_agg(DISTINCT v.specialty) FILTER (WHERE v.specialty IS NOT NULL), '{}') AS specialties,
    coalesce(bool_or(v.is_primary_care), false) AS is_primary_care,
    coalesce(bool_or(v.risk_eligible), false) AS risk_eligible,
    bool_or(v.accepting_new_patients) AS accepts_new_patients,
    range_agg(daterange(v.contract_from, v.contract_to, '[]')) AS contracts
  FROM valid AS v
  GROUP BY v.npi
),
practices AS (
  SELECT
    c.npi,
    coalesce(array_agg(c.practice_city ORDER BY c.since, c.practice_city) FILTER (WHERE c.practice_city IS NOT NULL), '{}') AS cities
  FROM (
    SELECT v.npi, v.practice_city, min(v.contract_from) AS since
    FROM valid AS v
    GROUP BY v.npi, v.practice_city
  ) AS c
  GROUP BY c.npi
)
SELECT
  g.npi,
  g.name,
  g.credential,
  g.is_organization,
  g.specialties,
  g.is_primary_care,
  g.risk_eligible,
  p.cities,
  g.accepts_new_patients,
  range_merge(g.contracts) AS contract_span,
  g.contracts @> current_setting('ctf.run_date')::date AS in_network
FROM gathered AS g
JOIN practices AS p ON p.npi = g.npi
