-- title: Learners of closed countries by day and level, and from which technology on a live free offer serves them
-- grain: one row per day, country closed country-wide, level and language; the language any stands for all official ones
-- column captured_on DATE: the newest capture of UNESCO's record; later days are plans
-- column on_date DATE: day
-- column country_iso3 VARCHAR: country
-- column level VARCHAR: pre_primary, primary, secondary or tertiary
-- column language VARCHAR: an official language of the country that offers come in, or any
-- column learners BIGINT: learners enrolled at the level, the same in each language
-- column served_from_tier BIGINT: least technology with which every half of the level has a live free offer: 1 no-tech, 2 low-tech, 3 hi-tech; NULL where none serves it
WITH asked AS (
    SELECT
        c.captured_on,
        c.on_date,
        c.country_iso3,
        c.level,
        l.language,
        c.learners
    FROM fct_closed_level AS c
    INNER JOIN dim_country_language AS l ON c.country_iso3 = l.country_iso3
    UNION ALL
    SELECT
        captured_on,
        on_date,
        country_iso3,
        level,
        'any' AS language,
        learners
    FROM fct_closed_level
),

half AS (
    SELECT
        a.on_date,
        a.country_iso3,
        a.level,
        a.language,
        o.half,
        min(o.tier_rank) AS from_tier
    FROM asked AS a
    INNER JOIN fct_offer_cell AS o
        ON
            a.country_iso3 = o.country_iso3
            AND a.level = o.level
            AND a.language IN ('any', o.language)
            AND a.on_date BETWEEN o.live_from AND o.live_to
    GROUP BY a.on_date, a.country_iso3, a.level, a.language, o.half
),

served AS (
    SELECT
        on_date,
        country_iso3,
        level,
        language,
        max(from_tier) AS served_from_tier
    FROM half
    GROUP BY on_date, country_iso3, level, language
    HAVING count(*) = CASE WHEN level = 'secondary' THEN 2 ELSE 1 END
)

SELECT
    a.captured_on,
    a.on_date,
    a.country_iso3,
    a.level,
    a.language,
    a.learners,
    s.served_from_tier
FROM asked AS a
LEFT JOIN served AS s
    ON
        a.on_date = s.on_date
        AND a.country_iso3 = s.country_iso3
        AND a.level = s.level
        AND a.language = s.language
ORDER BY a.on_date, a.country_iso3, a.level, a.language
