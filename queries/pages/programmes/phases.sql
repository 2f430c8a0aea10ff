-- title: What did each phase of a programme offer, and whom did it reach?
-- grain: one row per phase, in time; one named all where the programme has no phases
-- param $programme_id VARCHAR: programme
-- column phase VARCHAR: its name
-- column seats BIGINT: offered, NULL where not told
-- column learners BIGINT: distinct learners who registered or enrolled in it
-- column hours_measured DOUBLE: learning hours as measured, NULL where nobody measured
-- column hours_estimated DOUBLE: learning hours as estimated, NULL where nobody estimated
-- column hours_attested DOUBLE: learning hours as a partner attests, NULL where none does
-- column courses BIGINT: courses open to learners
-- column guided_projects BIGINT: guided projects open to learners
-- column domains BIGINT: domains of the catalogue
-- metric: learning_hours
-- caveat: Hours of one basis are never added to those of another. A learner of two phases is counted in each.
SELECT
    coalesce(d.phase, c.phase, 'all') AS phase,
    d.seats,
    coalesce(c.learners, 0) AS learners,
    c.hours_measured,
    c.hours_estimated,
    c.hours_attested,
    d.courses,
    d.guided_projects,
    d.domains
FROM (
    SELECT programme_id, phase, seats, courses, guided_projects, domains, began_on
    FROM dim_phase
    WHERE programme_id = $programme_id
) AS d
FULL OUTER JOIN (
    SELECT programme_id, phase, learners, hours_measured, hours_estimated, hours_attested
    FROM cube_programme
    WHERE
        programme_id = $programme_id
        AND (phase IS NOT NULL) = exists(SELECT p.phase FROM dim_phase AS p WHERE p.programme_id = $programme_id)
) AS c ON d.programme_id = c.programme_id AND d.phase = c.phase
ORDER BY d.began_on NULLS LAST, phase
