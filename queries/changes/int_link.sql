-- title: Keys of one person: the old release counts under the one, the new release under the other
-- grain: one row per old key and new key
-- column old_key VARCHAR: key in the old release
-- column new_key VARCHAR: key in the new release
-- column is_parted BOOLEAN: the old release had linked what the new one tells apart
WITH links AS (
    SELECT
        email_key AS old_key,
        learner_key AS new_key,
        FALSE AS is_parted
    FROM new_fct_learner_link
    UNION ALL
    SELECT
        o.learner_key AS old_key,
        n.learner_key AS new_key,
        FALSE AS is_parted
    FROM old_fct_learner_link AS o
    INNER JOIN new_fct_learner_link AS n ON o.email_key = n.email_key
    UNION ALL
    SELECT
        learner_key AS old_key,
        email_key AS new_key,
        TRUE AS is_parted
    FROM old_fct_learner_link
)

SELECT
    old_key,
    new_key,
    bool_or(l.is_parted) AS is_parted
FROM links AS l
WHERE old_key <> new_key
GROUP BY old_key, new_key
ORDER BY old_key, new_key
