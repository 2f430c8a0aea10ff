-- title: Rows that only one of two releases has because their person counts under another key in the other
-- grain: one row per metric, learner and item
-- column metric VARCHAR: metric
-- column learner_key VARCHAR: key that only one release has
-- column item VARCHAR: what is counted
SELECT
    o.metric,
    o.learner_key,
    o.item
FROM int_row_pair AS o
INNER JOIN int_link AS l ON o.learner_key = l.old_key
INNER JOIN int_row_pair AS n ON l.new_key = n.learner_key AND o.metric = n.metric AND o.item = n.item
WHERE o.new_value IS NULL AND n.new_value IS NOT NULL
UNION
SELECT
    n.metric,
    n.learner_key,
    n.item
FROM int_row_pair AS n
INNER JOIN int_link AS l ON n.learner_key = l.new_key
INNER JOIN int_row_pair AS o ON l.old_key = o.learner_key AND n.metric = o.metric AND n.item = o.item
-- A key that stays beside the new one was not taken over by it, unless the two were one before.
WHERE n.old_value IS NULL AND o.old_value IS NOT NULL AND (o.new_value IS NULL OR l.is_parted)
ORDER BY metric, learner_key, item
