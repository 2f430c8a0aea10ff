-- title: Learners at each step, by the month in which they first registered
-- grain: one row per programme, partner, month (or NULL for all) and value of one attribute; a learner is in one month of each total
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column attribute VARCHAR: all, country_host, sex, age_band or education
-- column attribute_value VARCHAR: value of the attribute; all for all
-- column month DATE: first day of the month of the first registration in this total, or NULL for all months
-- column registered BIGINT: learners
-- column enrolled BIGINT: learners
-- column started BIGINT: learners
-- column active BIGINT: learners
-- column completed BIGINT: learners
-- column credential BIGINT: learners
-- column recognised BIGINT: learners
-- among: registered >= enrolled >= started >= active >= completed >= credential >= recognised
WITH months AS (
    SELECT
        programme_id,
        partner_id,
        country_host,
        sex,
        age_band,
        education,
        cast(date_trunc('month', registered_on) AS date) AS month,
        registered_on,
        enrolled_on,
        started_on,
        active_on,
        completed_on,
        credential_on,
        recognised_on
    FROM int_learner_margin
)

SELECT
    programme_id,
    partner_id,
    CASE
        WHEN grouping(country_host) = 0 THEN 'country_host'
        WHEN grouping(sex) = 0 THEN 'sex'
        WHEN grouping(age_band) = 0 THEN 'age_band'
        WHEN grouping(education) = 0 THEN 'education'
        ELSE 'all'
    END AS attribute,
    coalesce(country_host, sex, age_band, education, 'all') AS attribute_value,
    month,
    count(registered_on) AS registered,
    count(enrolled_on) AS enrolled,
    count(started_on) AS started,
    count(active_on) AS active,
    count(completed_on) AS completed,
    count(credential_on) AS credential,
    count(recognised_on) AS recognised
FROM months
GROUP BY
    GROUPING SETS (
        (programme_id, partner_id),
        (programme_id, partner_id, country_host),
        (programme_id, partner_id, sex),
        (programme_id, partner_id, age_band),
        (programme_id, partner_id, education),
        (programme_id, partner_id, month),
        (programme_id, partner_id, month, country_host),
        (programme_id, partner_id, month, sex),
        (programme_id, partner_id, month, age_band),
        (programme_id, partner_id, month, education)
    )
ORDER BY programme_id, partner_id, attribute, attribute_value, month
