-- title: Phases of programmes with seats, targets and catalogue, newest file
-- grain: one row per programme and phase
-- column programme_id VARCHAR: programme
-- column phase VARCHAR: its name
-- column began_on DATE: first day
-- column ended_on DATE: last day, NULL while it runs
-- column seats BIGINT: offered
-- column target_learners BIGINT: planned
-- column target_completions BIGINT: planned
-- column target_hours BIGINT: planned
-- column courses BIGINT: open to learners, all domains
-- column guided_projects BIGINT: open to learners, all domains
-- column domains BIGINT: domains of the catalogue, NULL where not told apart
-- column provenance VARCHAR: published, reported or demo
SELECT
    programme_id,
    phase,
    min(p.began_on) AS began_on,
    max(p.ended_on) AS ended_on,
    cast(max(p.seats) AS bigint) AS seats,
    cast(max(p.target_learners) AS bigint) AS target_learners,
    cast(max(p.target_completions) AS bigint) AS target_completions,
    cast(max(p.target_hours) AS bigint) AS target_hours,
    cast(coalesce(sum(p.courses) FILTER (WHERE p.domain IS NOT NULL), max(p.courses)) AS bigint) AS courses,
    cast(coalesce(sum(p.guided_projects) FILTER (WHERE p.domain IS NOT NULL), max(p.guided_projects)) AS bigint) AS guided_projects,
    nullif(count(DISTINCT p.domain), 0) AS domains,
    max(p.provenance) AS provenance
FROM stg_programme_phases__phases AS p
WHERE is_newest
GROUP BY programme_id, phase
ORDER BY programme_id, began_on, phase
