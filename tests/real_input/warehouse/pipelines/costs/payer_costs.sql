CREATE OR REPLACE VIEW costs.payer_costs AS
SELECT
  coalesce(c.payer_name, 'Nobody') AS payer_name,
  extract(year FROM c.service_on)::integer AS year,
  count(*) AS claims,
  count(DISTINCT c.patient) AS patients,
  sum(c.charged) AS charged,
  sum(sum(c.charged)) OVER (
    PARTITION BY coalesce(c.payer_name, 'Nobody')
    ORDER BY extract(year FROM c.service_on)
  ) AS charged_so_far
FROM costs.claim_totals AS c
GROUP BY coalesce(c.payer_name, 'Nobody'), extract(year FROM c.service_on);

CREATE OR REPLACE FUNCTION costs.patient_cost(who uuid) RETURNS numeric
LANGUAGE sql STABLE
AS $$ SELECT coalesce(sum(c.charged), 0) FROM costs.claim_totals AS c WHERE c.patient = who $$;
