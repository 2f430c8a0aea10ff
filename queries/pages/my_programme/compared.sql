-- title: Are a partner's shares higher than those of the other partners, or could the difference be chance?
-- grain: one row per measure: Reached, Completed; none where there are not enough other partners
-- param $partner_id VARCHAR: partner
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- column measure_order BIGINT: 1 for the first
-- column measure VARCHAR: Reached or Completed
-- column learners BIGINT: the partner's learners who did
-- column registered BIGINT: the partner's learners registered, the base of the share
-- column share DOUBLE: learners / registered, 0 to 1
-- column share_low DOUBLE: lower end of its 95 % interval
-- column share_high DOUBLE: upper end of its 95 % interval
-- column others_learners BIGINT: learners of the other partners who did, rounded
-- column others_registered BIGINT: learners of the other partners registered, rounded, the base of their share
-- column others_share DOUBLE: others' learners / others' registered, whole percent
-- column other_partners BIGINT: other partners with a learner registered
-- column difference_low DOUBLE: the partner's share less the others', lower end of its 95 % interval
-- column difference_high DOUBLE: upper end
-- column verdict VARCHAR: higher, lower, could be chance, or too few where either base is below 30
-- caveat: The others are all other partners together, each learner once; at least three, of whom the two largest report at most 85 %. Their figures are rounded for everybody.
WITH mine AS (
    SELECT
        sum(learners_registered) AS registered,
        sum(learners) AS reached,
        sum(learners_completed) AS completed
    FROM cube_country
    WHERE
        fragment.learner_cell_of_partner()
        AND counted_by = 'host'
        AND country_iso3 = 'all'
),

measures AS (
    SELECT
        unnest([1, 2])::bigint AS measure_order,
        unnest(['Reached', 'Completed']) AS measure,
        unnest([m.reached, m.completed])::bigint AS learners,
        m.registered::bigint AS registered,
        unnest([b.others_reached, b.others_completed])::bigint AS others_learners,
        b.others_registered::bigint AS others_registered,
        b.other_partners
    FROM mine AS m
    INNER JOIN cube_benchmark AS b
        ON
            fragment.learner_cell_of_partner(b)
            AND b.area_level = 'world'
    WHERE m.registered IS NOT NULL
),

shares AS (
    SELECT
        *,
        learners::double / nullif(registered, 0) AS share,
        others_learners::double / nullif(others_registered, 0) AS others_share,
        1.959963984540054 * sqrt(
            learners::double * (registered - learners) / nullif(registered::double ^ 3, 0)
            + others_learners::double * (others_registered - others_learners) / nullif(others_registered::double ^ 3, 0)
        ) AS margin
    FROM measures
)

SELECT
    measure_order,
    measure,
    learners,
    registered,
    part_of(learners, registered) AS share,
    wilson_low(learners, registered) AS share_low,
    wilson_high(learners, registered) AS share_high,
    others_learners,
    others_registered,
    round(others_share, 2) AS others_share,
    other_partners,
    share - others_share - margin AS difference_low,
    share - others_share + margin AS difference_high,
    CASE
        WHEN registered < 30 OR others_registered < 30 THEN 'too few'
        WHEN share - others_share - margin > 0 THEN 'higher'
        WHEN share - others_share + margin < 0 THEN 'lower'
        WHEN margin IS NOT NULL THEN 'could be chance'
    END AS verdict
FROM shares
ORDER BY measure_order
