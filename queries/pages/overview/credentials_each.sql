-- title: How many credentials are there for each learner, and for each learner who holds one?
-- grain: one row
-- param $on_date DATE: day, or NULL for the day of the newest file
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- column on_date DATE: the day that answers: the day asked, or that of the newest file where it is earlier; of others' learners the last end of a month or quarter by then
-- column credentials BIGINT: certificates of courses and guided projects, numerator of both
-- column learners_reached BIGINT: distinct learners with a learning event, base of the first
-- column credentials_per_learner DOUBLE: credentials / learners reached
-- column learners_with_credential BIGINT: distinct learners with a credential of any kind, base of the second
-- column credentials_per_holder DOUBLE: credentials / learners with a credential
-- metric: credentials
-- metric: learners_reached
-- metric: learners_with_credential
-- metric: credentials_per_learner
-- metric: credentials_per_holder
-- caveat: Specialisations and professional certificates are awarded on top of certificates that are counted already, and are not in it.
WITH as_of AS (
    SELECT * FROM fragment.reach_date
),

latest AS (
    SELECT
        c.on_date,
        c.credentials,
        c.learners_reached,
        c.learners_with_credential
    FROM cube_reach AS c
    INNER JOIN as_of AS a ON c.on_date <= a.on_date
    WHERE fragment.learner_cell_of_all(c)
    ORDER BY c.on_date DESC
    LIMIT 1
)

SELECT
    counted_until(a.on_date, l.on_date) AS on_date,
    known(l.credentials) AS credentials,
    known(l.learners_reached) AS learners_reached,
    credentials_per_learner(l.credentials, l.learners_reached) AS credentials_per_learner,
    known(l.learners_with_credential) AS learners_with_credential,
    credentials_per_holder(l.credentials, l.learners_with_credential) AS credentials_per_holder
FROM as_of AS a
LEFT JOIN latest AS l ON TRUE
ORDER BY a.on_date
