-- title: Which offers would close a gap if one thing about them changed?
-- grain: one row per offer and the one condition it fails
-- param $on_date DATE: the day asked about, or NULL for the last observed one
-- param $level VARCHAR: pre_primary, primary, secondary or tertiary, or NULL for all
-- param $tier VARCHAR: the highest technology available there: no-tech, low-tech or hi-tech, or NULL for any
-- param $language VARCHAR: ISO 639 code: only learners of countries whose official language it is and that no offer in it serves, or NULL for any
-- column offer_id VARCHAR: offer
-- column offer VARCHAR: what it is
-- column member VARCHAR: who offers
-- column gate VARCHAR: the one condition it fails: focal_point, free, live, country or tier; one that lacks the language only is no near miss, since it would have to be made anew
-- column countries BIGINT: closed countries with unserved learners that it would serve then
-- column learners_unserved BIGINT: learners with no live free offer that it would serve then
-- caveat: The member of the offer decides whether it can be changed. An offer that is live is not yet a learner reached.
-- caveat: Rows do not add up: two offers may close the same gap. Secondary is closed only by an offer for lower and upper.
WITH unserved AS (
    SELECT
        g.country_iso3,
        g.on_date,
        g.level,
        g.learners,
        list(l.language) AS languages
    FROM fct_gap_day AS g
    INNER JOIN dim_country_language AS l ON g.country_iso3 = l.country_iso3
    WHERE
        fragment.gap_date(g)
        AND g.language = coalesce($language, 'any')
        AND ($language IS NULL OR l.language = $language)
        AND ($level IS NULL OR g.level = $level)
        AND NOT is_served(g.served_from_tier, tier_rank($tier))
    GROUP BY g.country_iso3, g.on_date, g.level, g.learners
),

tried AS (
    SELECT
        o.offer_id,
        o.offer,
        o.member,
        u.country_iso3,
        u.learners,
        list_filter(
            [
                CASE WHEN NOT gate_focal_point(o.focal_point) THEN 'focal_point' END,
                CASE WHEN NOT gate_free(o.is_free, o.free_until, u.on_date) THEN 'free' END,
                CASE WHEN NOT gate_live(o.valid_from, o.valid_to, u.on_date) THEN 'live' END,
                CASE WHEN NOT gate_country(o.countries, u.country_iso3) THEN 'country' END,
                CASE
                    WHEN len(list_filter(u.languages, LAMBDA spoken: gate_language(o.languages, spoken))) = 0
                        THEN 'language'
                END,
                CASE
                    WHEN
                        NOT gate_tier(o.tier_rank, tier_rank($tier))
                        THEN 'tier'
                END
            ],
            LAMBDA gate: gate IS NOT NULL
        ) AS failed
    FROM unserved AS u
    INNER JOIN fct_offer AS o
        ON
            gate_audience(o.audience, 'learners')
            AND CASE
                WHEN u.level = 'secondary'
                    THEN gate_level(o.levels, 'lower_secondary') AND gate_level(o.levels, 'upper_secondary')
                ELSE gate_level(o.levels, u.level)
            END
)

SELECT
    offer_id,
    offer,
    member,
    failed[1] AS gate,
    count(DISTINCT country_iso3) AS countries,
    sum(learners)::bigint AS learners_unserved
FROM tried
WHERE len(failed) = 1 AND failed[1] <> 'language'
GROUP BY offer_id, offer, member, failed[1]
ORDER BY learners_unserved DESC, gate, offer_id
