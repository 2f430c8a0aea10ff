-- title: How many learners of closed countries have no live free offer in all?
-- grain: one row
-- param $on_date DATE: the day asked about, or NULL for the last observed one
-- param $level VARCHAR: pre_primary, primary, secondary or tertiary, or NULL for all
-- param $tier VARCHAR: the highest technology available there: no-tech, low-tech or hi-tech, or NULL for any
-- param $language VARCHAR: ISO 639 code: only offers in it count, and only countries whose official language it is, or NULL for any
-- column on_date DATE: the day answered for
-- column captured_on DATE: capture of the closure record that answers for the day, NULL where none has it
-- column countries_closed BIGINT: countries closed country-wide, those without enrolment data too; with a language chosen, those whose official language it is
-- column countries_without_enrolment BIGINT: of them, those for which no enrolment at the levels asked for is known, so that their learners are not counted
-- column without_enrolment VARCHAR: their ISO3 codes behind commas, NULL where there are none
-- column countries_served BIGINT: of the others, those in which live free offers serve every level asked for
-- column countries_without_offer BIGINT: of the others, those in which some level has no live free offer
-- column learners_affected BIGINT: learners of the levels asked for
-- column learners_unserved BIGINT: learners of the levels that no live free offer serves
-- column share_unserved DOUBLE: their share
-- column live_offers BIGINT: offers of the level, technology and language asked for, for learners, live on the day, free, with a focal point and in an official language of a country they serve, closed or not
-- metric: countries_closed
-- metric: learners_affected
-- metric: learners_unserved
-- metric: share_unserved
-- caveat: A level of a country counts whole or not at all: one live offer serves it. An offer that is live is not yet a learner reached.
-- caveat: Languages are the official ones of a country, which not every learner is taught in.
WITH day AS (
    SELECT coalesce($on_date, max(captured_on)) AS on_date
    FROM dim_closure_capture
    HAVING max(captured_on) IS NOT NULL
),

gap AS (
    SELECT
        g.country_iso3,
        sum(g.learners)::bigint AS learners,
        learners_unserved(g.learners, is_served(g.served_from_tier, tier_rank($tier))) AS unserved,
        bool_and(is_served(g.served_from_tier, tier_rank($tier))) AS is_whole
    FROM fct_gap_day AS g
    INNER JOIN day AS d ON g.on_date = d.on_date
    WHERE fragment.gap_filters(g)
    GROUP BY g.country_iso3
),

total AS (
    SELECT
        max(s.captured_on) AS captured_on,
        count(*) AS countries_closed,
        count(*) FILTER (WHERE g.country_iso3 IS NULL) AS countries_without_enrolment,
        string_agg(c.country_iso3, ',' ORDER BY c.country_iso3) FILTER (WHERE g.country_iso3 IS NULL) AS without_enrolment,
        count(*) FILTER (WHERE g.is_whole) AS countries_served,
        count(*) FILTER (WHERE NOT g.is_whole) AS countries_without_offer,
        coalesce(sum(g.learners), 0)::bigint AS affected,
        coalesce(sum(g.unserved), 0)::bigint AS unserved
    FROM fct_school_status AS s
    INNER JOIN day AS d ON s.on_date = d.on_date
    INNER JOIN fct_school_record AS r ON s.captured_on = r.captured_on AND s.on_date = r.on_date AND r.asked_from IS NULL
    INNER JOIN dim_country AS c ON s.country_iso3 = c.country_iso3
    LEFT JOIN gap AS g ON s.country_iso3 = g.country_iso3
    WHERE
        s.status = 'closed'
        AND NOT s.is_territory
        AND (
            $language IS NULL
            OR EXISTS (SELECT 1 FROM dim_country_language AS l WHERE l.country_iso3 = s.country_iso3 AND l.language = $language)
        )
)

SELECT
    d.on_date,
    t.captured_on,
    countries_closed(t.countries_closed) AS countries_closed,
    t.countries_without_enrolment,
    t.without_enrolment,
    t.countries_served,
    t.countries_without_offer,
    learners_affected(t.affected) AS learners_affected,
    t.unserved AS learners_unserved,
    share_unserved(t.unserved, t.affected) AS share_unserved,
    (
        SELECT count(DISTINCT o.offer_id)
        FROM fct_offer_cell AS o
        WHERE
            d.on_date BETWEEN o.live_from AND o.live_to
            AND o.tier_rank <= tier_rank($tier)
            AND ($level IS NULL OR o.level = $level)
            AND ($language IS NULL OR o.language = $language)
    ) AS live_offers
FROM total AS t
CROSS JOIN day AS d
ORDER BY d.on_date
