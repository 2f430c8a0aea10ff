-- title: For how many weeks was a learner's school closed, on average, in each region?
-- grain: one row per M49 sub-region
-- param $from_date
-- param $to_date
-- param $as_captured_on
-- column region VARCHAR: M49 region
-- column sub_region VARCHAR: M49 sub-region
-- column countries BIGINT: countries with a status in the period
-- column learners BIGINT: learners enrolled in them
-- column weeks_closed_per_learner DOUBLE: learner-weeks of country-wide closure / learners
-- column weeks_partial_per_learner DOUBLE: learner-weeks of partial opening / learners
-- caveat: A learner weighs the same wherever she lives, so a large country moves its region. Countries without enrolment data add nothing.
WITH answering_capture AS (
    SELECT * FROM fragment.closure_capture
),

country AS (
    SELECT
        s.country_iso3,
        max(s.learners) AS learners,
        count(*) FILTER (WHERE s.status = 'closed') AS days_closed,
        count(*) FILTER (WHERE s.status = 'partial') AS days_partial
    FROM fct_school_status AS s
    INNER JOIN answering_capture ON s.captured_on = answering_capture.captured_on AND s.on_date = answering_capture.on_date
    WHERE s.on_date BETWEEN $from_date AND $to_date AND NOT s.is_planned AND NOT s.is_territory
    GROUP BY s.country_iso3
)

SELECT
    c.region,
    c.sub_region,
    count(*)::bigint AS countries,
    sum(country.learners)::bigint AS learners,
    sum(country.learners * country.days_closed)::double / nullif(sum(country.learners) * 7, 0) AS weeks_closed_per_learner,
    sum(country.learners * country.days_partial)::double / nullif(sum(country.learners) * 7, 0) AS weeks_partial_per_learner
FROM country
INNER JOIN dim_country AS c ON country.country_iso3 = c.country_iso3
GROUP BY c.region, c.sub_region
ORDER BY weeks_closed_per_learner DESC, c.sub_region
