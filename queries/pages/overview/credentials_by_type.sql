-- title: Which kinds of credentials do learners hold?
-- grain: one row per kind
-- param $programme_id
-- column credential_type VARCHAR: course, guided project, specialisation or professional certificate
-- column is_stacked BOOLEAN: awarded on top of certificates that are counted already
-- column credentials BIGINT: issued
-- column learners BIGINT: distinct learners who hold one
-- column credentials_per_learner DOUBLE: of those who hold one
-- metric: credentials
-- caveat: A specialisation is awarded for courses whose certificates are counted already; the two are never added.
SELECT
    credential_type,
    is_stacked,
    credentials,
    learners,
    credentials::double / nullif(learners, 0) AS credentials_per_learner
FROM cube_credential
WHERE
    fragment.learner_cell_of_all()
    AND year IS NULL
ORDER BY is_stacked, credentials DESC, credential_type
