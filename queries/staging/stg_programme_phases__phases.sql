-- title: Phases and the domains of their catalogues
-- grain: one row per capture, phase and domain; domain NULL in the row of the phase itself
-- column captured_on DATE: day of the file
-- column is_newest BOOLEAN: of the newest file of this programme
-- column programme_id VARCHAR: programme
-- column phase VARCHAR: its name
-- column began_on DATE: first day
-- column ended_on DATE: last day, NULL while it runs
-- column seats BIGINT: offered, NULL where not told
-- column target_learners BIGINT: planned, NULL where not told
-- column target_completions BIGINT: planned, NULL where not told
-- column target_hours BIGINT: planned, NULL where not told
-- column domain VARCHAR: of the catalogue
-- column courses BIGINT: open to learners
-- column guided_projects BIGINT: open to learners
-- column provenance VARCHAR: published, reported or demo
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY programme_id) AS is_newest,
    programme_id,
    phase,
    began_on,
    ended_on,
    seats,
    target_learners,
    target_completions,
    target_hours,
    domain,
    courses,
    guided_projects,
    provenance
FROM raw_programme_phases
ORDER BY captured_on, programme_id, began_on, phase, domain, ended_on, seats, target_learners, target_completions, target_hours, courses, guided_projects
