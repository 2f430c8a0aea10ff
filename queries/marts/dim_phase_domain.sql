-- title: Domains of the catalogue of a phase, newest file
-- grain: one row per programme, phase and domain
-- column programme_id VARCHAR: programme
-- column phase VARCHAR: its name
-- column domain VARCHAR: domain
-- column courses BIGINT: open to learners
-- column guided_projects BIGINT: open to learners
SELECT
    programme_id,
    phase,
    domain,
    cast(sum(p.courses) AS bigint) AS courses,
    cast(sum(p.guided_projects) AS bigint) AS guided_projects
FROM stg_programme_phases__phases AS p
WHERE is_newest AND domain IS NOT NULL
GROUP BY programme_id, phase, domain
ORDER BY programme_id, phase, domain
