-- title: How did the course runs of a programme end?
-- grain: one row per outcome
-- param $programme_id VARCHAR: programme
-- column outcome VARCHAR: completed, distinction, failed, withdrawn, under way (a learning event or the enrolment in the last 180 days of the record) or quiet (none since)
-- column runs BIGINT: course runs
-- column learners BIGINT: distinct learners
-- column all_runs BIGINT: course runs of all outcomes, the base of the share
-- column share_of_runs DOUBLE: of all course runs, 0 to 1
-- caveat: Under way and quiet are not failed: these course runs may still be completed.
SELECT
    o.outcome,
    o.runs,
    o.learners,
    a.runs AS all_runs,
    part_of(o.runs, a.runs) AS share_of_runs
FROM cube_outcome AS o
LEFT JOIN cube_outcome AS a ON o.programme_id = a.programme_id AND o.partner_id = a.partner_id AND a.outcome = 'all'
WHERE o.programme_id = $programme_id AND o.partner_id = all_partners() AND o.outcome <> 'all'
ORDER BY o.runs DESC, o.outcome
