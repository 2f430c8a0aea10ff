-- title: Which domains does the catalogue of a phase cover?
-- grain: one row per phase and domain
-- param $programme_id VARCHAR: programme
-- column phase VARCHAR: its name
-- column domain VARCHAR: domain
-- column courses BIGINT: open to learners
-- column guided_projects BIGINT: open to learners
SELECT
    phase,
    domain,
    courses,
    guided_projects
FROM dim_phase_domain
WHERE programme_id = $programme_id
ORDER BY phase, courses DESC, domain
