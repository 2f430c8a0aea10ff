-- title: What is known of a learner: the partner's register before Coursera's report, newer before older
-- grain: one row per partner and learner, by that partner's files alone, and one per person by everybody's (partner all)
-- column partner_id VARCHAR: partner, or all
-- column learner_key VARCHAR: key within the partner's files; for all, the key that links a person across partners
-- column country_host VARCHAR: ISO 3166 alpha-3, or unknown
-- column country_origin VARCHAR: ISO 3166 alpha-3, or unknown
-- column sex VARCHAR: female, male, other or not reported
-- column age_band VARCHAR: band of years, or not reported
-- column education VARCHAR: highest level, or not reported
-- column intends_to_finish BOOLEAN: said so, NULL where not asked
WITH said AS (
    SELECT
        r.partner_id,
        coalesce(r.id_key, i.learner_key, r.email_key) AS learner_key,
        concat('2', strftime(r.registered_on, '%Y-%m-%d')) AS weight,
        r.country_host,
        r.country_origin,
        r.sex,
        r.age_band,
        r.education,
        r.intends_to_finish
    FROM stg_partner_learners__register AS r
    LEFT JOIN int_identity AS i ON r.email_key = i.email_key AND r.partner_id = i.partner_id
    WHERE r.is_newest
    UNION ALL
    SELECT
        u.partner_id,
        coalesce(u.id_key, i.learner_key, u.email_key) AS learner_key,
        concat('1', strftime(u.enrolled_on, '%Y-%m-%d')) AS weight,
        u.country_host,
        'unknown' AS country_origin,
        'not reported' AS sex,
        'not reported' AS age_band,
        'not reported' AS education,
        cast(NULL AS boolean) AS intends_to_finish
    FROM stg_coursera_usage__enrolments AS u
    LEFT JOIN int_identity AS i ON u.email_key = i.email_key AND u.partner_id = i.partner_id
    WHERE u.is_newest
    UNION ALL
    SELECT
        a.partner_id,
        coalesce(a.id_key, i.learner_key, a.email_key) AS learner_key,
        concat('1', strftime(a.enrolled_on, '%Y-%m-%d')) AS weight,
        a.country_host,
        'unknown' AS country_origin,
        'not reported' AS sex,
        'not reported' AS age_band,
        'not reported' AS education,
        cast(NULL AS boolean) AS intends_to_finish
    FROM stg_coursera_specializations__awards AS a
    LEFT JOIN int_identity AS i ON a.email_key = i.email_key AND a.partner_id = i.partner_id
    WHERE a.is_newest
    UNION ALL
    SELECT
        m.partner_id,
        coalesce(m.id_key, i.learner_key, m.email_key) AS learner_key,
        '0' AS weight,
        m.country_host,
        'unknown' AS country_origin,
        'not reported' AS sex,
        'not reported' AS age_band,
        'not reported' AS education,
        cast(NULL AS boolean) AS intends_to_finish
    FROM stg_coursera_membership__members AS m
    LEFT JOIN int_identity AS i ON m.email_key = i.email_key AND m.partner_id = i.partner_id
    WHERE m.is_newest
    UNION ALL
    SELECT
        'open_university' AS partner_id,
        learner_key,
        concat('3', code_presentation) AS weight,
        'GBR' AS country_host,
        'unknown' AS country_origin,
        coalesce(sex, 'not reported') AS sex,
        'not reported' AS age_band,
        coalesce(education, 'not reported') AS education,
        cast(NULL AS boolean) AS intends_to_finish
    FROM stg_oulad__outcomes
    WHERE is_newest
),

-- The heaviest statement that says something: the weight goes before the words and is cut off again.
own AS (
    SELECT
        partner_id,
        learner_key,
        max(concat(weight, '|', country_host)) FILTER (WHERE country_host <> 'unknown') AS host,
        max(concat(weight, '|', country_origin)) FILTER (WHERE country_origin <> 'unknown') AS origin,
        max(concat(weight, '|', sex)) FILTER (WHERE sex <> 'not reported') AS sex_said,
        max(concat(weight, '|', age_band)) FILTER (WHERE age_band <> 'not reported') AS age_said,
        max(concat(weight, '|', education)) FILTER (WHERE education <> 'not reported') AS education_said,
        bool_or(s.intends_to_finish) AS intends
    FROM said AS s
    GROUP BY partner_id, learner_key
),

-- Of everybody's statements the heaviest is the heaviest of each partner's heaviest.
best AS (
    SELECT
        partner_id,
        learner_key,
        host,
        origin,
        sex_said,
        age_said,
        education_said,
        intends
    FROM own
    UNION ALL
    SELECT
        'all' AS partner_id,
        coalesce(i.person_key, o.learner_key) AS learner_key,
        max(o.host) AS host,
        max(o.origin) AS origin,
        max(o.sex_said) AS sex_said,
        max(o.age_said) AS age_said,
        max(o.education_said) AS education_said,
        bool_or(o.intends) AS intends
    FROM own AS o
    LEFT JOIN int_identity AS i ON o.learner_key = i.email_key AND o.partner_id = i.partner_id
    GROUP BY coalesce(i.person_key, o.learner_key)
)

SELECT
    partner_id,
    learner_key,
    coalesce(split_part(host, '|', 2), 'unknown') AS country_host,
    coalesce(split_part(origin, '|', 2), 'unknown') AS country_origin,
    coalesce(split_part(sex_said, '|', 2), 'not reported') AS sex,
    coalesce(split_part(age_said, '|', 2), 'not reported') AS age_band,
    coalesce(split_part(education_said, '|', 2), 'not reported') AS education,
    intends AS intends_to_finish
FROM best
ORDER BY partner_id, learner_key
