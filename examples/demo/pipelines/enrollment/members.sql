WITH latest AS (
  SELECT DISTINCT ON (r.member_id) r.*
  FROM landing.members AS r
  ORDER BY r.member_id, r.updated_at DESC
),
county_of_zip AS (
  SELECT left(l.zip, 5) AS zip5, mode() WITHIN GROUP (ORDER BY l.county) AS county
  FROM latest AS l
  GROUP BY left(l.zip, 5)
)
SELECT
  l.member_id,
  l.mbi,
  trim(regexp_replace(l.first_name, '"[^"]*"', '')) AS first_name,
  substring(l.first_name FROM '"([^"]*)"') AS nickname,
  split_part(l.last_name, ',', 1) AS last_name,
  nullif(trim(split_part(l.last_name, ',', 2)), '') AS name_suffix,
  l.birth_date,
  l.death_date,
  nullif(l.sex, 'U') AS sex,
  coalesce(l.language, 'Unknown') AS language,
  regexp_replace(l.address, '\s*\n\s*', ', ', 'g') AS address,
  l.city,
  coalesce(l.county, z.county) AS county,
  l.state,
  left(l.zip, 5) AS zip5,
  l.phone,
  nullif(l.email, '') AS email,
  l.entitled_by = 'disability' AS is_disabled,
  l.dual AS is_dual,
  l.updated_at
FROM latest AS l
LEFT JOIN county_of_zip AS z ON z.zip5 = left(l.zip, 5)
