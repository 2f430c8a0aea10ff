-- title: Of which regions and months are there activities?
-- grain: one row per sub-region with an activity of education
-- column region VARCHAR: M49 region
-- column sub_region VARCHAR: M49 sub-region
-- column from_month DATE: first month of the first activity, of all sub-regions
-- column to_month DATE: last month of the last one, of all sub-regions
WITH stated AS (
    SELECT
        region,
        sub_region,
        CASE WHEN is_education THEN began_on END AS began_on,
        CASE WHEN is_education THEN until_on END AS until_on
    FROM fct_activity_5w
    UNION ALL
    SELECT
        region,
        sub_region,
        NULL::date AS began_on,
        NULL::date AS until_on
    FROM fct_education_need
)

SELECT
    region,
    sub_region,
    date_trunc('month', min(min(began_on)) OVER ())::date AS from_month,
    date_trunc('month', max(max(until_on)) OVER ())::date AS to_month
FROM stated
GROUP BY region, sub_region
ORDER BY region, sub_region
