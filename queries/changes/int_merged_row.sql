-- title: Rows that only one of two releases has because their person counts under another key in the other
-- grain: one row per metric, total, learner and item
-- column metric VARCHAR: metric
-- column total_programme_id VARCHAR: a programme, for_refugees or all
-- column learner_key VARCHAR: key that only one release has
-- column item VARCHAR: what is counted

-- DISTINCT keeps the links first: whoever joins the rows of a metric with each other first joins all people with all.
WITH gone_to AS (
    SELECT DISTINCT
        o.metric,
        o.total_programme_id,
        o.item,
        o.learner_key,
        l.new_key
    FROM int_row_pair AS o
    INNER JOIN int_link AS l ON o.learner_key = l.old_key
    WHERE o.new_value IS NULL
),

-- A key that stays beside the new one was not taken over by it, unless the two were one before.
come_from AS (
    SELECT DISTINCT
        o.metric,
        o.total_programme_id,
        o.item,
        l.new_key
    FROM int_row_pair AS o
    INNER JOIN int_link AS l ON o.learner_key = l.old_key
    WHERE o.old_value IS NOT NULL AND (o.new_value IS NULL OR l.is_parted)
)

SELECT
    g.metric,
    g.total_programme_id,
    g.learner_key,
    g.item
FROM gone_to AS g
INNER JOIN int_row_pair AS n
    ON g.metric = n.metric AND g.total_programme_id = n.total_programme_id AND g.item = n.item AND g.new_key = n.learner_key
WHERE n.new_value IS NOT NULL
UNION
SELECT
    n.metric,
    n.total_programme_id,
    n.learner_key,
    n.item
FROM come_from AS c
INNER JOIN int_row_pair AS n
    ON c.metric = n.metric AND c.total_programme_id = n.total_programme_id AND c.item = n.item AND c.new_key = n.learner_key
WHERE n.old_value IS NULL
ORDER BY metric, total_programme_id, learner_key, item
