-- title: Reach from day to day: learners with bounds, countries, credentials, partners
-- grain: one row per programme, partner and day on which a figure changed; each figure is the total up to the day
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column on_date DATE: day
-- column learners_registered BIGINT: distinct learners registered
-- column learners_reached BIGINT: distinct learners with a learning event; of all partners linked across them
-- column unique_lower BIGINT: of all, per cell of host, sex, age band and year the largest partner, then the sum; of a partner what it reports
-- column unique_upper BIGINT: of all, sum over partners, nobody linked; of a partner what it reports
-- column countries BIGINT: countries in which learners reached live, unknown not counted
-- column partners BIGINT: partners with a learner reached
-- column credentials BIGINT: certificates of courses and guided projects
-- column stacked_awards BIGINT: specialisations and professional certificates on top of them
-- column learners_with_credential BIGINT: distinct learners with a credential of any kind
-- column located BIGINT: learners reached whose country is known
-- among: learners_registered >= learners_reached >= located
-- among: learners_registered >= learners_with_credential
-- among: unique_upper >= learners_reached >= unique_lower
WITH by_partner AS (
    SELECT
        programme_id,
        partner_id,
        country_host,
        sex,
        age_band,
        first_year,
        reached_on,
        sum(learners) OVER (
            PARTITION BY programme_id, partner_id, country_host, sex, age_band, first_year
            ORDER BY reached_on ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS so_far
    FROM (
        SELECT
            programme_id,
            partner_id,
            country_host,
            sex,
            age_band,
            first_year,
            reached_on,
            count(*) AS learners
        FROM int_person_reached
        GROUP BY programme_id, partner_id, country_host, sex, age_band, first_year, reached_on
    ) AS days
),

-- Counts only grow, so the largest partner of a cell so far is the largest count so far.
largest AS (
    SELECT
        programme_id,
        country_host,
        sex,
        age_band,
        first_year,
        reached_on,
        partner_id,
        max(so_far) OVER (
            PARTITION BY programme_id, country_host, sex, age_band, first_year
            ORDER BY reached_on, partner_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS most
    FROM by_partner
),

gains AS (
    SELECT
        programme_id,
        partner_id,
        registered_on AS on_date,
        count(*) AS registered,
        0 AS reached,
        0 AS lower_bound,
        0 AS upper_bound,
        0 AS countries,
        0 AS partners,
        0 AS leaves,
        0 AS stacked,
        0 AS holders,
        0 AS located
    FROM int_learner_margin
    GROUP BY programme_id, partner_id, registered_on
    UNION ALL
    SELECT
        programme_id,
        partner_id,
        reached_on,
        0,
        count(*),
        CASE WHEN partner_id = 'all' THEN 0 ELSE count(*) END,
        CASE WHEN partner_id = 'all' THEN 0 ELSE count(*) END,
        0,
        0,
        0,
        0,
        0,
        count(*) FILTER (WHERE country_host <> 'unknown')
    FROM int_learner_margin
    WHERE reached_on IS NOT NULL
    GROUP BY programme_id, partner_id, reached_on
    UNION ALL
    SELECT
        programme_id,
        'all',
        reached_on,
        0,
        0,
        0,
        count(*),
        0,
        0,
        0,
        0,
        0,
        0
    FROM int_learner_margin
    WHERE partner_id <> 'all' AND reached_on IS NOT NULL
    GROUP BY programme_id, reached_on
    UNION ALL
    SELECT
        programme_id,
        'all',
        reached_on,
        0,
        0,
        sum(more),
        0,
        0,
        0,
        0,
        0,
        0,
        0
    FROM (
        SELECT
            programme_id,
            reached_on,
            most - coalesce(lag(most) OVER (
                PARTITION BY programme_id, country_host, sex, age_band, first_year ORDER BY reached_on, partner_id
            ), 0) AS more
        FROM largest
    ) AS steps
    GROUP BY programme_id, reached_on
    UNION ALL
    SELECT
        programme_id,
        partner_id,
        first_on,
        0,
        0,
        0,
        0,
        count(*),
        0,
        0,
        0,
        0,
        0
    FROM (
        SELECT
            programme_id,
            partner_id,
            country_host,
            min(reached_on) AS first_on
        FROM int_learner_margin
        WHERE reached_on IS NOT NULL AND country_host <> 'unknown'
        GROUP BY programme_id, partner_id, country_host
    ) AS lands
    GROUP BY programme_id, partner_id, first_on
    UNION ALL
    SELECT
        programme_id,
        'all',
        first_on,
        0,
        0,
        0,
        0,
        0,
        count(*),
        0,
        0,
        0,
        0
    FROM (
        SELECT
            programme_id,
            partner_id,
            min(reached_on) AS first_on
        FROM int_learner_margin
        WHERE reached_on IS NOT NULL AND partner_id <> 'all'
        GROUP BY programme_id, partner_id
    ) AS firsts
    GROUP BY programme_id, first_on
    UNION ALL
    SELECT
        programme_id,
        partner_id,
        first_on,
        0,
        0,
        0,
        0,
        0,
        1,
        0,
        0,
        0,
        0
    FROM (
        SELECT
            programme_id,
            partner_id,
            min(reached_on) AS first_on
        FROM int_learner_margin
        WHERE reached_on IS NOT NULL AND partner_id <> 'all'
        GROUP BY programme_id, partner_id
    ) AS own
    UNION ALL
    SELECT
        programme_id,
        partner_id,
        issued_on,
        0,
        0,
        0,
        0,
        0,
        0,
        count(*) FILTER (WHERE NOT is_stacked),
        count(*) FILTER (WHERE is_stacked),
        0,
        0
    FROM int_credential_margin
    GROUP BY programme_id, partner_id, issued_on
    UNION ALL
    SELECT
        programme_id,
        partner_id,
        first_on,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        count(*),
        0
    FROM (
        SELECT
            programme_id,
            partner_id,
            learner_key,
            min(issued_on) AS first_on
        FROM int_credential_margin
        GROUP BY programme_id, partner_id, learner_key
    ) AS holding
    GROUP BY programme_id, partner_id, first_on
),

daily AS (
    SELECT
        programme_id,
        partner_id,
        on_date,
        sum(g.registered) AS registered,
        sum(g.reached) AS reached,
        sum(g.lower_bound) AS lower_bound,
        sum(g.upper_bound) AS upper_bound,
        sum(g.countries) AS countries,
        sum(g.partners) AS partners,
        sum(g.leaves) AS leaves,
        sum(g.stacked) AS stacked,
        sum(g.holders) AS holders,
        sum(g.located) AS located
    FROM gains AS g
    GROUP BY programme_id, partner_id, on_date
)

SELECT
    programme_id,
    partner_id,
    on_date,
    cast(sum(d.registered) OVER (PARTITION BY programme_id, partner_id ORDER BY on_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bigint)
        AS learners_registered,
    cast(sum(d.reached) OVER (PARTITION BY programme_id, partner_id ORDER BY on_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bigint)
        AS learners_reached,
    cast(sum(d.lower_bound) OVER (PARTITION BY programme_id, partner_id ORDER BY on_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bigint)
        AS unique_lower,
    cast(sum(d.upper_bound) OVER (PARTITION BY programme_id, partner_id ORDER BY on_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bigint)
        AS unique_upper,
    cast(sum(d.countries) OVER (PARTITION BY programme_id, partner_id ORDER BY on_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bigint)
        AS countries,
    cast(sum(d.partners) OVER (PARTITION BY programme_id, partner_id ORDER BY on_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bigint)
        AS partners,
    cast(sum(d.leaves) OVER (PARTITION BY programme_id, partner_id ORDER BY on_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bigint)
        AS credentials,
    cast(sum(d.stacked) OVER (PARTITION BY programme_id, partner_id ORDER BY on_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bigint)
        AS stacked_awards,
    cast(sum(d.holders) OVER (PARTITION BY programme_id, partner_id ORDER BY on_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bigint)
        AS learners_with_credential,
    cast(sum(d.located) OVER (PARTITION BY programme_id, partner_id ORDER BY on_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bigint)
        AS located
FROM daily AS d
ORDER BY programme_id, partner_id, on_date
