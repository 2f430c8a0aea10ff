-- title: How many learners of each level have no live free offer?
-- grain: one row per level
-- param $on_date DATE: the day asked about, or NULL for the last observed one
-- param $level VARCHAR: pre_primary, primary, secondary or tertiary, or NULL for all
-- param $tier VARCHAR: the most technology that works there: no-tech, low-tech or hi-tech, or NULL for any
-- param $language VARCHAR: ISO 639 code: only offers in it count, and only countries whose official language it is, or NULL for any
-- column level VARCHAR: pre_primary, primary, secondary or tertiary
-- column countries BIGINT: countries closed country-wide with learners of this level
-- column learners_affected BIGINT: learners of this level in countries closed country-wide
-- column learners_unserved BIGINT: of them, those in countries where no live free offer serves the level
-- column share_unserved DOUBLE: their share
-- metric: learners_unserved
-- caveat: A level of a country counts whole or not at all: one live offer serves it. An offer that is live is not yet a learner reached.
-- caveat: Languages are the official ones of a country, which not every learner is taught in.
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
        AND (
            $language IS NULL
            OR e.country_iso3 IN (SELECT l.country_iso3 FROM dim_country_language AS l WHERE l.language = $language)
        )
),

cell AS (
    SELECT
        a.country_iso3,
        a.level,
        a.learners,
        count(DISTINCT o.half) >= CASE a.level WHEN 'secondary' THEN 2 ELSE 1 END AS is_served
    FROM affected AS a
    LEFT JOIN fct_offer_cell AS o
        ON
            a.country_iso3 = o.country_iso3
            AND a.level = o.level
            AND a.on_date BETWEEN o.live_from AND o.live_to
            AND ($language IS NULL OR o.language = $language)
            AND o.tier_rank <= CASE $tier WHEN 'no-tech' THEN 1 WHEN 'low-tech' THEN 2 ELSE 3 END
    GROUP BY a.country_iso3, a.level, a.learners
)

SELECT
    level,
    count(DISTINCT country_iso3) AS countries,
    sum(learners)::bigint AS learners_affected,
    learners_unserved(learners, is_served) AS learners_unserved,
    share_unserved(learners_unserved(learners, is_served), sum(learners)) AS share_unserved
FROM cell
GROUP BY level
ORDER BY list_position(['pre_primary', 'primary', 'secondary', 'tertiary'], level)
