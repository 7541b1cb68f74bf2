SELECT DISTINCT m.member_id, d.cc AS category
FROM raw.member_diagnoses AS m
JOIN raw.diagnosis_categories AS d ON d.diagnosis_code = m.diagnosis
WHERE d.model_name = 'CMS-HCC Model V28'
