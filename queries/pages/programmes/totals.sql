-- title: What did a programme do in all?
-- grain: one row
-- param $programme_id VARCHAR: programme
-- column learners BIGINT: distinct learners registered
-- column learners_reached BIGINT: of them, with a learning event
-- column enrolments BIGINT: course runs
-- column completions BIGINT: course runs completed
-- column completions_per_learner DOUBLE: completions / learners, not a rate
-- column hours_measured DOUBLE: learning hours as measured, NULL where not measured
-- column hours_estimated DOUBLE: learning hours as estimated, NULL where not estimated
-- column hours_attested DOUBLE: learning hours as a partner attests, NULL where none does
-- column learners_with_hours BIGINT: distinct learners of whom hours are known
-- metric: learners_registered = learners
-- metric: learners_reached
-- metric: completions_per_learner
-- metric: learning_hours
SELECT
    learners,
    learners_reached,
    enrolments,
    completions,
    completions_per_learner(completions, learners) AS completions_per_learner,
    hours_measured,
    hours_estimated,
    hours_attested,
    learners_with_hours
FROM cube_programme
WHERE programme_id = $programme_id AND partner_id = all_partners() AND phase = 'all'
ORDER BY learners
