-- title: How does each phase compare with its plan?
-- grain: one row per phase, in time
-- param $programme_id VARCHAR: programme
-- column phase VARCHAR: its name
-- column began_on DATE: first day
-- column ended_on DATE: last day, NULL while it runs
-- column seats BIGINT: offered, NULL where not stated
-- column learners BIGINT: distinct learners who registered or enrolled in it
-- column share_seats_taken DOUBLE: learners / seats, over 1 where there are more
-- column target_learners BIGINT: planned, NULL where not stated
-- column share_of_learner_target DOUBLE: learners / planned
-- column target_completions BIGINT: planned, NULL where not stated
-- column completions BIGINT: course runs completed
-- column share_of_completion_target DOUBLE: completions / planned
-- column courses_completed BIGINT: of the completions, courses
-- column projects_completed BIGINT: of the completions, guided projects
-- column completions_per_learner DOUBLE: completions / learners, not a rate
-- metric: completions_per_learner
SELECT
    d.phase,
    d.began_on,
    d.ended_on,
    d.seats,
    known(c.learners) AS learners,
    c.learners::double / nullif(d.seats, 0) AS share_seats_taken,
    d.target_learners,
    c.learners::double / nullif(d.target_learners, 0) AS share_of_learner_target,
    d.target_completions,
    known(c.completions) AS completions,
    c.completions::double / nullif(d.target_completions, 0) AS share_of_completion_target,
    known(c.courses_completed) AS courses_completed,
    known(c.projects_completed) AS projects_completed,
    completions_per_learner(c.completions, c.learners) AS completions_per_learner
FROM dim_phase AS d
LEFT JOIN cube_programme AS c ON d.programme_id = c.programme_id AND d.phase = c.phase AND c.partner_id = all_partners()
WHERE d.programme_id = $programme_id
ORDER BY d.began_on, d.phase
