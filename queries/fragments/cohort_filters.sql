-- title: Rows of the intake month and of the attribute chosen, or of all
-- row: a.cohort, a.attribute, a.attribute_value
-- param $cohort_month
-- param $attribute
-- param $attribute_value
SELECT *
FROM given AS a
WHERE
    a.cohort = coalesce(strftime(cast($cohort_month AS date), '%Y-%m'), 'all')
    AND a.attribute = coalesce($attribute, 'all')
    AND a.attribute_value = coalesce($attribute_value, 'all')
