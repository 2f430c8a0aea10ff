-- title: How many credentials are there for each learner, and for each learner who holds one?
-- grain: one row
-- param $on_date DATE: day, or NULL for the day of the newest file
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
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
SELECT
    known(max(credentials)) AS credentials,
    known(max(learners_reached)) AS learners_reached,
    credentials_per_learner(max(credentials), max(learners_reached)) AS credentials_per_learner,
    known(max(learners_with_credential)) AS learners_with_credential,
    credentials_per_holder(max(credentials), max(learners_with_credential)) AS credentials_per_holder
FROM cube_reach
WHERE
    programme_id = coalesce($programme_id, 'all')
    AND partner_id = all_partners()
    AND on_date <= (
        SELECT least(coalesce($on_date, max(s.as_of_on)), max(s.as_of_on))
        FROM dim_stream AS s
        INNER JOIN dim_programme AS p ON s.programme_id = p.programme_id
        WHERE
            s.programme_id = $programme_id
            OR ($programme_id IS NULL AND p.in_total)
            OR ($programme_id = 'for_refugees' AND p.audience = 'refugees')
    )
ORDER BY credentials
