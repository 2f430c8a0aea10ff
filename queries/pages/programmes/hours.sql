-- title: How many learning hours are there, by how they are known, and for each learner reached?
-- grain: one row per phase and basis of which hours are known, in time; the phase all is the whole programme
-- param $programme_id VARCHAR: programme
-- column phase VARCHAR: its name, or all
-- column hours_basis VARCHAR: measured, estimated or attested
-- column hours DOUBLE: learning hours of this basis
-- column learners_reached BIGINT: distinct learners with a learning event in the phase, the base of hours per learner
-- column hours_per_learner DOUBLE: hours of this basis / learners reached
-- column learners_with_hours BIGINT: distinct learners of whom hours of any basis are known
-- metric: learning_hours
-- caveat: Hours of one basis are never added to those of another. Learners without hours of this basis are in the base.
WITH bases AS (
    SELECT
        phase,
        unnest(['measured', 'estimated', 'attested']) AS hours_basis,
        unnest([hours_measured, hours_estimated, hours_attested]) AS hours,
        learners_reached,
        learners_with_hours
    FROM cube_programme
    WHERE programme_id = $programme_id AND partner_id = all_partners()
)

SELECT
    b.phase,
    b.hours_basis,
    learning_hours(b.hours) AS hours,
    b.learners_reached,
    b.hours / nullif(b.learners_reached, 0) AS hours_per_learner,
    b.learners_with_hours
FROM bases AS b
LEFT JOIN dim_phase AS d ON d.programme_id = $programme_id AND b.phase = d.phase
WHERE b.hours IS NOT NULL
ORDER BY b.phase = 'all', d.began_on NULLS LAST, b.phase, b.hours_basis
