-- title: How does a partner compare with other partners, in the smallest area with enough of them?
-- grain: one row per measure
-- param $partner_id VARCHAR: partner
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- param $country_host VARCHAR: country where learners live, ISO 3166 alpha-3, or NULL for the world
-- column measure_order BIGINT: 1 for the first
-- column measure VARCHAR: Registered, Reached or Completed
-- column mine BIGINT: the partner's learners there
-- column others BIGINT: learners there whom the partner does not report, to the nearest 5
-- column share_mine DOUBLE: of the partner's registered, 0 to 1
-- column share_others DOUBLE: of the others' registered, whole percent
-- column share_low DOUBLE: lower end of the 95 % interval of the partner's share
-- column share_high DOUBLE: upper end of it
-- column others_low DOUBLE: lower end of the 95 % interval of the others' share
-- column others_high DOUBLE: upper end of it
-- column area_level VARCHAR: country, region or world: the smallest with at least three other partners
-- column area VARCHAR: ISO 3166 alpha-3, UN region, or world
-- column other_partners BIGINT: other partners with a learner registered there
-- metric: learners_registered = mine where measure_order = 1
-- metric: learners_reached = mine where measure_order = 2
-- caveat: An area counts where at least three other partners have learners and the two largest of them report at most 85 % of them; else the region, else the world. The others' figures are rounded for everybody.
WITH areas AS (
    SELECT
        b.area_level,
        b.area,
        b.others_registered,
        b.others_reached,
        b.others_completed,
        b.other_partners
    FROM cube_benchmark AS b
    LEFT JOIN dim_country AS d ON d.country_iso3 = $country_host
    WHERE
        fragment.learner_cell_of_partner(b)
        AND (
            b.area_level = 'world'
            OR (b.area_level = 'region' AND b.area = d.region)
            OR (b.area_level = 'country' AND b.area = $country_host)
        )
    ORDER BY CASE b.area_level WHEN 'country' THEN 1 WHEN 'region' THEN 2 ELSE 3 END
    LIMIT 1
),

mine AS (
    SELECT
        a.area,
        sum(c.learners_registered) AS registered,
        sum(c.learners) AS reached,
        sum(c.learners_completed) AS completed
    FROM areas AS a
    INNER JOIN cube_country AS c
        ON
            fragment.learner_cell_of_partner(c)
            AND c.counted_by = 'host'
    LEFT JOIN dim_country AS d ON c.country_iso3 = d.country_iso3
    WHERE
        (a.area_level = 'world' AND c.country_iso3 = 'all')
        OR (a.area_level = 'region' AND d.region = a.area)
        OR (a.area_level = 'country' AND c.country_iso3 = a.area)
    GROUP BY a.area
),

measures AS (
    SELECT
        a.area_level,
        a.area,
        a.other_partners,
        unnest([1, 2, 3])::bigint AS measure_order,
        unnest(['Registered', 'Reached', 'Completed']) AS measure,
        unnest([m.registered, m.reached, m.completed])::bigint AS mine,
        unnest([a.others_registered, a.others_reached, a.others_completed])::bigint AS others,
        m.registered::bigint AS mine_registered,
        a.others_registered::bigint AS others_registered
    FROM areas AS a
    LEFT JOIN mine AS m ON a.area = m.area
)

SELECT
    measure_order,
    measure,
    mine,
    others,
    part_of(mine, mine_registered) AS share_mine,
    round(others::double / nullif(others_registered, 0), 2) AS share_others,
    wilson_low(mine, mine_registered) AS share_low,
    wilson_high(mine, mine_registered) AS share_high,
    wilson_low(others, others_registered) AS others_low,
    wilson_high(others, others_registered) AS others_high,
    area_level,
    area,
    other_partners
FROM measures
ORDER BY measure_order
