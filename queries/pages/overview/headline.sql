-- title: How many learners are reached by a day, between which bounds, where, with what?
-- grain: one row
-- param $on_date DATE: day, or NULL for the day of the newest file
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- column on_date DATE: the day that answers: the day asked, or that of the newest file where it is earlier; of others' learners the last end of a month or quarter by then
-- column learners_reached BIGINT: distinct learners with a learning event, linked where partners gave the same id
-- column unique_lower BIGINT: lower bound: every possible duplicate is one person
-- column unique_upper BIGINT: upper bound: no two reports are of the same person
-- column countries BIGINT: countries where learners live, unknown not counted
-- column credentials BIGINT: certificates of courses and guided projects; awards stacked on them are counted apart
-- column learners_with_credential BIGINT: distinct learners with a credential of any kind
-- column partners BIGINT: partners with a learner reached
-- column hubs BIGINT: learning hubs of the register with a session or a learning event of these programmes in the 60 days before, and not closed; of all programmes also those of hubs without one
-- metric: learners_reached
-- metric: countries_reached = countries
-- metric: active_partners = partners
-- metric: learners_with_credential
-- metric: unique_learners
-- metric: credentials
-- metric: hubs_of_programme = hubs
-- metric: hub_status
-- caveat: Partners report the same people. Reach is one number only where they gave the same id; else it lies between the bounds.
WITH as_of AS (
    SELECT * FROM fragment.reach_date
),

latest AS (
    SELECT
        c.on_date,
        c.learners_reached,
        c.unique_lower,
        c.unique_upper,
        c.countries,
        c.credentials,
        c.learners_with_credential,
        c.partners
    FROM cube_reach AS c
    INNER JOIN as_of AS a ON c.on_date <= a.on_date
    WHERE fragment.learner_cell_of_all(c)
    ORDER BY c.on_date DESC
    LIMIT 1
),

hubs_until AS (
    SELECT max(f.as_of_on) AS as_of_on
    FROM fct_hub_day AS f
),

signs AS (
    SELECT
        h.hub_id,
        least(a.on_date, n.as_of_on) AS on_date,
        max(h.on_date) FILTER (
            WHERE
            h.kind <> 'closing'
            AND fragment.programme_filter(h, p)
        ) AS last_on,
        max(h.on_date) FILTER (WHERE h.kind = 'session') AS last_session_on,
        max(h.on_date) FILTER (WHERE h.kind = 'closing') AS closed_on
    FROM fct_hub_day AS h
    INNER JOIN dim_hub AS r ON h.hub_id = r.hub_id
    CROSS JOIN hubs_until AS n
    INNER JOIN as_of AS a ON h.on_date <= least(a.on_date, n.as_of_on)
    LEFT JOIN dim_programme AS p ON h.programme_id = p.programme_id
    GROUP BY h.hub_id, least(a.on_date, n.as_of_on)
)

SELECT
    counted_until(a.on_date, l.on_date) AS on_date,
    known(l.learners_reached) AS learners_reached,
    known(l.unique_lower) AS unique_lower,
    known(l.unique_upper) AS unique_upper,
    known(l.countries) AS countries,
    known(l.credentials) AS credentials,
    known(l.learners_with_credential) AS learners_with_credential,
    known(l.partners) AS partners,
    (SELECT hubs_of_programme(hub_status(date_diff('day', s.last_on, s.on_date), s.closed_on, s.last_session_on)) FROM signs AS s) AS hubs
FROM as_of AS a
LEFT JOIN latest AS l ON TRUE
ORDER BY a.on_date
