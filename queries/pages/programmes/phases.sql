-- title: What did each phase of a programme offer, and whom did it reach?
-- grain: one row per phase, in time; one named all where the programme has no phases
-- param $programme_id VARCHAR: programme
-- column phase VARCHAR: its name
-- column seats BIGINT: offered, NULL where not stated
-- column learners BIGINT: distinct learners who registered or enrolled in it
-- column hours_measured DOUBLE: learning hours as measured, NULL where not measured
-- column hours_estimated DOUBLE: learning hours as estimated, NULL where not estimated
-- column hours_attested DOUBLE: learning hours as a partner attests, NULL where none does
-- column courses BIGINT: courses open to learners
-- column guided_projects BIGINT: guided projects open to learners
-- column domains BIGINT: domains of the catalogue
-- metric: learning_hours
-- caveat: Hours of one basis are never added to those of another. A learner of two phases is counted in each.
WITH offered AS (
    SELECT
        programme_id,
        phase,
        seats,
        courses,
        guided_projects,
        domains,
        began_on
    FROM dim_phase
    WHERE programme_id = $programme_id
),

done AS (
    SELECT
        programme_id,
        phase,
        learners,
        hours_measured,
        hours_estimated,
        hours_attested
    FROM cube_programme
    WHERE
        programme_id = $programme_id
        AND partner_id = all_partners()
        AND (phase <> 'all') = (SELECT count(*) > 0 FROM offered)
)

SELECT
    coalesce(o.phase, d.phase, 'all') AS phase,
    o.seats,
    known(d.learners) AS learners,
    d.hours_measured,
    d.hours_estimated,
    d.hours_attested,
    o.courses,
    o.guided_projects,
    o.domains
FROM offered AS o
FULL OUTER JOIN done AS d ON o.programme_id = d.programme_id AND o.phase = d.phase
ORDER BY o.began_on NULLS LAST, phase
