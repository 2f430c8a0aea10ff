-- title: How many learner-days of a range went without a live free offer in all?
-- grain: one row
-- param $from_date DATE: first day, included
-- param $to_date DATE: last day, included; days after the capture are plans and do not count
-- param $level VARCHAR: pre_primary, primary, secondary or tertiary, or NULL for all
-- param $tier VARCHAR: the most technology that works there: no-tech, low-tech or hi-tech, or NULL for any
-- param $language VARCHAR: ISO 639 code: only offers in it count, and only countries whose official language it is, or NULL for any
-- column learner_days_affected BIGINT: learners affected, added over the days of the range
-- column learner_days_unserved BIGINT: of them, those with no live free offer on the day
-- column worst_on DATE: day on which most learners had none
-- column worst_unserved BIGINT: how many that were
-- metric: unserved_learner_days
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
        e.on_date BETWEEN $from_date AND least($to_date, e.captured_on)
        AND ($level IS NULL OR e.level = $level)
        AND (
            $language IS NULL
            OR e.country_iso3 IN (SELECT l.country_iso3 FROM dim_country_language AS l WHERE l.language = $language)
        )
),

cell AS (
    SELECT
        a.country_iso3,
        a.on_date,
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
    GROUP BY a.country_iso3, a.on_date, a.level, a.learners
),

day AS (
    SELECT
        on_date,
        sum(learners)::bigint AS affected,
        learners_unserved(learners, is_served) AS unserved
    FROM cell
    GROUP BY on_date
)

SELECT
    sum(affected)::bigint AS learner_days_affected,
    sum(unserved)::bigint AS learner_days_unserved,
    arg_max(on_date, (unserved, -date_diff('day', date '2000-01-01', on_date))) AS worst_on,
    max(unserved) AS worst_unserved
FROM day
HAVING count(*) > 0
ORDER BY worst_on
