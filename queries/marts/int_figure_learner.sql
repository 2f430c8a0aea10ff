-- title: Rows behind figures of learners: each learner, or credential of a learner, once in each total, as first told of
-- grain: one row per metric, total, learner and item
-- column metric VARCHAR: figure that the row counts in
-- column total_programme_id VARCHAR: the total that it counts in: a programme, for_refugees, or all but rehearsals
-- column learner_key VARCHAR: person linked across partners
-- column item VARCHAR: credential, or empty where the learner is what counts
-- column happened_on DATE: day from which it counts
-- column partner_id VARCHAR: who told of it; of several the one by whose rows it counts first
-- column programme_id VARCHAR: programme, likewise
-- column reported_on DATE: day of the newest file of that partner's programme that tells of the learner
WITH told AS (
    SELECT
        'learners_registered' AS metric,
        learner_key,
        '' AS item,
        registered_on AS happened_on,
        partner_id,
        programme_id,
        as_of_on AS reported_on
    FROM fct_journey
    UNION ALL
    SELECT
        'learners_reached' AS metric,
        learner_key,
        '' AS item,
        reached_on AS happened_on,
        partner_id,
        programme_id,
        as_of_on AS reported_on
    FROM fct_journey
    WHERE reached_on IS NOT NULL
    UNION ALL
    SELECT
        'learners_with_credential' AS metric,
        learner_key,
        '' AS item,
        issued_on AS happened_on,
        partner_id,
        programme_id,
        as_of_on AS reported_on
    FROM fct_credential
    UNION ALL
    SELECT
        'credentials' AS metric,
        learner_key,
        credential AS item,
        issued_on AS happened_on,
        partner_id,
        programme_id,
        as_of_on AS reported_on
    FROM fct_credential
    WHERE NOT is_stacked
),

-- The headline counts until the day of the newest file of its programmes.
newest AS (
    SELECT
        t.total_programme_id,
        max(s.as_of_on) AS as_of_on
    FROM dim_stream AS s
    INNER JOIN int_total AS t ON s.programme_id = t.programme_id
    WHERE t.is_of_all_partners
    GROUP BY t.total_programme_id
),

ranked AS (
    SELECT
        t.metric,
        u.total_programme_id,
        coalesce(i.person_key, t.learner_key) AS learner_key,
        t.item,
        t.happened_on,
        t.partner_id,
        t.programme_id,
        t.reported_on,
        row_number() OVER (
            PARTITION BY t.metric, u.total_programme_id, coalesce(i.person_key, t.learner_key), t.item
            ORDER BY t.happened_on, t.partner_id, t.programme_id, t.reported_on DESC
        ) AS place
    FROM told AS t
    INNER JOIN int_total AS u ON t.programme_id = u.programme_id AND u.is_of_all_partners
    INNER JOIN newest AS n
        ON u.total_programme_id = n.total_programme_id AND (t.metric = 'learners_registered' OR t.happened_on <= n.as_of_on)
    LEFT JOIN int_identity AS i ON t.learner_key = i.email_key AND t.partner_id = i.partner_id
)

SELECT
    metric,
    total_programme_id,
    learner_key,
    item,
    happened_on,
    partner_id,
    programme_id,
    reported_on
FROM ranked
WHERE place = 1
ORDER BY metric, total_programme_id, learner_key, item
