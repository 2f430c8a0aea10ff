-- title: Where a partner's learners stand on the day of its newest file, and every 30 days before it
-- grain: one row per programme, partner and day
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner
-- column on_date DATE: the day of the newest file, or 30, 60 ... 360 days before it
-- column registered BIGINT: learners registered by the day
-- column reached BIGINT: of them, with a learning event by the day
-- column active BIGINT: of them, with a learning event in the 30 days up to the day, or between two events of one course run that lie around these days
-- column completed BIGINT: of them, completed a course by the day
-- column left_before BIGINT: started, had not completed a course and had left by the day
-- column under_way BIGINT: started, had not completed a course or left, and had a learning event in the 180 days up to the day
-- column quiet BIGINT: started, had not completed a course or left, and had none for 180 days or more
-- column with_hub BIGINT: registered by the day, and at a learning hub as the newest file has it
-- column credential BIGINT: with a credential by the day
-- column recognised BIGINT: with a credential recognised by a university by the day
-- column ects_recognised DOUBLE: credits awarded by decisions up to the day
-- among: registered >= reached >= active
-- among: registered >= completed
-- among: registered >= with_hub
-- among: completed >= credential >= recognised
WITH point AS (
    SELECT
        d.programme_id,
        d.partner_id,
        d.as_of_on - cast(30 * d.months_before AS int) AS on_date
    FROM (
        SELECT
            programme_id,
            partner_id,
            max(m.as_of_on) AS as_of_on,
            unnest(generate_series(0, 12)) AS months_before
        FROM int_learner_margin AS m
        WHERE partner_id <> 'all'
        GROUP BY programme_id, partner_id
    ) AS d
),

-- The last event by the day: a course run that goes on after it was seen until then.
seen AS (
    SELECT
        r.programme_id,
        r.partner_id,
        r.learner_key,
        p.on_date,
        max(least(greatest(coalesce(r.last_activity_on, r.started_on), coalesce(r.completed_on, r.started_on)), p.on_date)) AS seen_on
    FROM int_run_margin AS r
    INNER JOIN point AS p ON r.programme_id = p.programme_id AND r.partner_id = p.partner_id AND r.started_on <= p.on_date
    GROUP BY r.programme_id, r.partner_id, r.learner_key, p.on_date
),

learner AS (
    SELECT
        p.programme_id,
        p.partner_id,
        p.on_date,
        coalesce(m.reached_on <= p.on_date, FALSE) AS is_reached,
        coalesce(date_diff('day', cast(s.seen_on AS date), cast(p.on_date AS date)) < 30, FALSE) AS is_active,
        coalesce(date_diff('day', cast(coalesce(s.seen_on, m.started_on) AS date), cast(p.on_date AS date)) < 180, FALSE) AS is_recent,
        coalesce(m.started_on <= p.on_date, FALSE) AS is_started,
        coalesce(m.completed_on <= p.on_date, FALSE) AS is_completed,
        coalesce(m.withdrawn_on <= p.on_date, FALSE) AS is_gone,
        m.hub_id IS NOT NULL AS is_at_hub,
        coalesce(m.credential_on <= p.on_date, FALSE) AS is_holder,
        coalesce(m.recognised_on <= p.on_date, FALSE) AS is_recognised
    FROM point AS p
    INNER JOIN int_learner_margin AS m
        ON p.programme_id = m.programme_id AND p.partner_id = m.partner_id AND m.registered_on <= p.on_date
    LEFT JOIN seen AS s
        ON
            m.programme_id = s.programme_id
            AND m.partner_id = s.partner_id
            AND m.learner_key = s.learner_key
            AND p.on_date = s.on_date
),

credit AS (
    SELECT
        p.programme_id,
        p.partner_id,
        p.on_date,
        sum(r.ects_awarded) AS ects_recognised
    FROM point AS p
    INNER JOIN int_recognition_margin AS r
        ON
            p.programme_id = r.programme_id
            AND p.partner_id = r.partner_id
            AND r.decision = 'recognised'
            AND r.decided_on <= p.on_date
    GROUP BY p.programme_id, p.partner_id, p.on_date
)

SELECT
    l.programme_id,
    l.partner_id,
    l.on_date,
    count(*) AS registered,
    count(*) FILTER (WHERE l.is_reached) AS reached,
    count(*) FILTER (WHERE l.is_active AND l.is_reached) AS active,
    count(*) FILTER (WHERE l.is_completed) AS completed,
    count(*) FILTER (WHERE l.is_started AND NOT l.is_completed AND l.is_gone) AS left_before,
    count(*) FILTER (WHERE l.is_started AND NOT l.is_completed AND NOT l.is_gone AND l.is_recent) AS under_way,
    count(*) FILTER (WHERE l.is_started AND NOT l.is_completed AND NOT l.is_gone AND NOT l.is_recent) AS quiet,
    count(*) FILTER (WHERE l.is_at_hub) AS with_hub,
    count(*) FILTER (WHERE l.is_holder) AS credential,
    count(*) FILTER (WHERE l.is_recognised) AS recognised,
    coalesce(max(c.ects_recognised), 0) AS ects_recognised
FROM learner AS l
LEFT JOIN credit AS c ON l.programme_id = c.programme_id AND l.partner_id = c.partner_id AND l.on_date = c.on_date
GROUP BY l.programme_id, l.partner_id, l.on_date
-- By its text: one engine takes the day of the join below for sorted already.
ORDER BY l.programme_id, l.partner_id, strftime(l.on_date, '%Y-%m-%d')
