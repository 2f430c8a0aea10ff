-- title: In which languages do learners have no live free offer?
-- grain: one row per official language of a closed country
-- param $on_date DATE: the day asked about, or NULL for the last observed one
-- param $level VARCHAR: pre_primary, primary, secondary or tertiary, or NULL for all
-- param $tier VARCHAR: the most technology that works there: no-tech, low-tech or hi-tech, or NULL for any
-- column language VARCHAR: ISO 639 code
-- column language_name VARCHAR: its English name
-- column countries BIGINT: closed countries whose official language it is
-- column learners_affected BIGINT: learners of these countries
-- column live_offers BIGINT: offers in it that pass every gate for one of these countries
-- column learners_unserved BIGINT: of them, those at levels that no live free offer in this language serves
-- metric: learners_unserved
-- caveat: A country with several official languages counts in each of them, so rows do not add up.
-- caveat: An offer that is live is not yet a learner reached.
WITH affected AS (
    SELECT
        e.country_iso3,
        e.on_date,
        e.level,
        e.learners
    FROM fct_closed_level AS e
    WHERE
        e.on_date = coalesce($on_date, e.captured_on)
        AND ($level IS NULL OR e.level = $level)
),

cell AS (
    SELECT
        l.language,
        l.language_name,
        a.country_iso3,
        a.learners,
        count(DISTINCT o.half) >= CASE a.level WHEN 'secondary' THEN 2 ELSE 1 END AS is_served,
        list(DISTINCT o.offer_id) FILTER (WHERE o.offer_id IS NOT NULL) AS offers
    FROM affected AS a
    INNER JOIN dim_country_language AS l ON a.country_iso3 = l.country_iso3
    LEFT JOIN fct_offer_cell AS o
        ON
            a.country_iso3 = o.country_iso3
            AND l.language = o.language
            AND a.level = o.level
            AND a.on_date BETWEEN o.live_from AND o.live_to
            AND o.tier_rank <= CASE $tier WHEN 'no-tech' THEN 1 WHEN 'low-tech' THEN 2 ELSE 3 END
    GROUP BY l.language, l.language_name, a.country_iso3, a.level, a.learners
)

SELECT
    language,
    language_name,
    count(DISTINCT country_iso3) AS countries,
    sum(learners)::bigint AS learners_affected,
    len(list_distinct(flatten(list(coalesce(offers, [])))))::bigint AS live_offers,
    learners_unserved(learners, is_served) AS learners_unserved
FROM cell
GROUP BY language, language_name
ORDER BY learners_unserved DESC, learners_affected DESC, language
