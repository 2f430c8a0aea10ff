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
        d.months_before,
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

-- The last event by each of the days: a course run that goes on after a day was seen until then. A column for each day,
-- since a row for each learner and day is more than fits into memory.
seen AS (
    SELECT
        r.programme_id,
        r.partner_id,
        r.learner_key,
        max(least(r.last_on, p.on_date)) FILTER (WHERE r.started_on <= p.on_date) AS seen_0,
        max(least(r.last_on, p.on_date - 30)) FILTER (WHERE r.started_on <= p.on_date - 30) AS seen_1,
        max(least(r.last_on, p.on_date - 60)) FILTER (WHERE r.started_on <= p.on_date - 60) AS seen_2,
        max(least(r.last_on, p.on_date - 90)) FILTER (WHERE r.started_on <= p.on_date - 90) AS seen_3,
        max(least(r.last_on, p.on_date - 120)) FILTER (WHERE r.started_on <= p.on_date - 120) AS seen_4,
        max(least(r.last_on, p.on_date - 150)) FILTER (WHERE r.started_on <= p.on_date - 150) AS seen_5,
        max(least(r.last_on, p.on_date - 180)) FILTER (WHERE r.started_on <= p.on_date - 180) AS seen_6,
        max(least(r.last_on, p.on_date - 210)) FILTER (WHERE r.started_on <= p.on_date - 210) AS seen_7,
        max(least(r.last_on, p.on_date - 240)) FILTER (WHERE r.started_on <= p.on_date - 240) AS seen_8,
        max(least(r.last_on, p.on_date - 270)) FILTER (WHERE r.started_on <= p.on_date - 270) AS seen_9,
        max(least(r.last_on, p.on_date - 300)) FILTER (WHERE r.started_on <= p.on_date - 300) AS seen_10,
        max(least(r.last_on, p.on_date - 330)) FILTER (WHERE r.started_on <= p.on_date - 330) AS seen_11,
        max(least(r.last_on, p.on_date - 360)) FILTER (WHERE r.started_on <= p.on_date - 360) AS seen_12
    FROM (
        SELECT
            programme_id,
            partner_id,
            learner_key,
            started_on,
            greatest(coalesce(last_activity_on, started_on), coalesce(completed_on, started_on)) AS last_on
        FROM int_run_margin
    ) AS r
    INNER JOIN point AS p ON r.programme_id = p.programme_id AND r.partner_id = p.partner_id AND p.months_before = 0
    GROUP BY r.programme_id, r.partner_id, r.learner_key
),

learner AS (
    SELECT
        m.programme_id,
        m.partner_id,
        m.on_date,
        coalesce(m.reached_on <= m.on_date, FALSE) AS is_reached,
        coalesce(date_diff('day', cast(m.seen_on AS date), cast(m.on_date AS date)) < 30, FALSE) AS is_active,
        coalesce(date_diff('day', cast(coalesce(m.seen_on, m.started_on) AS date), cast(m.on_date AS date)) < 180, FALSE) AS is_recent,
        coalesce(m.started_on <= m.on_date, FALSE) AS is_started,
        coalesce(m.completed_on <= m.on_date, FALSE) AS is_completed,
        coalesce(m.withdrawn_on <= m.on_date, FALSE) AS is_gone,
        m.hub_id IS NOT NULL AS is_at_hub,
        coalesce(m.credential_on <= m.on_date, FALSE) AS is_holder,
        coalesce(m.recognised_on <= m.on_date, FALSE) AS is_recognised
    FROM (
        SELECT
            l.programme_id,
            l.partner_id,
            p.on_date,
            l.reached_on,
            l.started_on,
            l.completed_on,
            l.withdrawn_on,
            l.hub_id,
            l.credential_on,
            l.recognised_on,
            CASE p.months_before
                WHEN 0 THEN s.seen_0
                WHEN 1 THEN s.seen_1
                WHEN 2 THEN s.seen_2
                WHEN 3 THEN s.seen_3
                WHEN 4 THEN s.seen_4
                WHEN 5 THEN s.seen_5
                WHEN 6 THEN s.seen_6
                WHEN 7 THEN s.seen_7
                WHEN 8 THEN s.seen_8
                WHEN 9 THEN s.seen_9
                WHEN 10 THEN s.seen_10
                WHEN 11 THEN s.seen_11
                WHEN 12 THEN s.seen_12
            END AS seen_on
        FROM int_learner_margin AS l
        LEFT JOIN seen AS s
            ON l.programme_id = s.programme_id AND l.partner_id = s.partner_id AND l.learner_key = s.learner_key
        INNER JOIN point AS p
            ON l.programme_id = p.programme_id AND l.partner_id = p.partner_id AND l.registered_on <= p.on_date
    ) AS m
),

credit AS (
    SELECT
        p.programme_id,
        p.partner_id,
        p.on_date,
        cast(sum(cast(floor(r.ects_awarded * 1000 + cast(0.5 AS double)) AS bigint)) AS double) / 1000 AS ects_recognised
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
