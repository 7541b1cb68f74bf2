WITH chronic AS (
  -- One category comes twice, once with a number in place of the flag.
  SELECT
    CASE c.model_domain WHEN 'CMS-HCC ESRD' THEN 'ESRD' ELSE c.model_domain END AS model_domain,
    c.model_version,
    c.hcc AS code,
    coalesce(bool_or(c.is_chronic = 'Y'), false) AS is_chronic
  FROM raw.risk_chronic AS c
  GROUP BY 1, 2, 3
),
diagnoses AS (
  -- "CMS-HCC ESRD Model V24" is what the other files call ESRD and V24, "RxHCC Model V08" RxHCC and R08.
  SELECT
    CASE
      WHEN d.model_name LIKE '%ESRD%' THEN 'ESRD'
      ELSE split_part(d.model_name, ' ', 1)
    END AS model_domain,
    CASE WHEN d.model_name LIKE 'RxHCC%' THEN 'R' ELSE 'V' END || right(d.model_name, 2) AS model_version,
    d.cc AS category,
    count(*) AS diagnoses
  FROM raw.risk_diagnoses AS d
  GROUP BY 1, 2, 3
)
SELECT
  l.model_domain,
  l.model_version,
  substring(l.cc FROM '\d+$')::integer AS category,
  l.cc AS code,
  l.label,
  c.is_chronic,
  coalesce(d.diagnoses, 0) AS diagnoses
FROM raw.risk_labels AS l
LEFT JOIN chronic AS c
  ON c.model_domain = l.model_domain AND c.model_version = l.model_version AND c.code = l.cc
LEFT JOIN diagnoses AS d
  ON d.model_domain = l.model_domain
  AND d.model_version = l.model_version
  AND d.category = substring(l.cc FROM '\d+$')::integer
