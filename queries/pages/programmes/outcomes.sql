-- title: How did the course runs of a programme end?
-- grain: one row per outcome
-- param $programme_id VARCHAR: programme
-- column outcome VARCHAR: completed, distinction, failed, withdrawn or in progress
-- column runs BIGINT: course runs
-- column learners BIGINT: distinct learners
-- column share_of_runs DOUBLE: of all course runs, 0 to 1
-- caveat: In progress is not failed: these course runs may still be completed.
SELECT
    outcome,
    runs,
    learners,
    runs::double / nullif(sum(runs) OVER (), 0) AS share_of_runs
FROM cube_outcome
WHERE programme_id = $programme_id
ORDER BY runs DESC, outcome
