-- title: How many of a partner's learners are at each step, now and 30 days before?
-- grain: one row; none for viewers who do not own the partner's rows
-- param $partner_id VARCHAR: partner
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- param $on_date DATE: day, or NULL for the day of the partner's newest file
-- column on_date DATE: the day that answers: that of the newest file, or the last of those that lie 30, 60 ... 360 days before it by the day asked
-- column before_on DATE: 30 days before
-- column learners_registered BIGINT: distinct learners registered by the day
-- column learners_registered_before BIGINT: the same 30 days before, NULL where nothing is known of that day
-- column learners_reached BIGINT: of them, with a learning event by the day
-- column learners_reached_before BIGINT: the same 30 days before, NULL where nothing is known of that day
-- column learners_active BIGINT: of them, with a learning event in the 30 days up to the day
-- column learners_active_before BIGINT: the same 30 days before, NULL where nothing is known of that day
-- column learners_completed BIGINT: completed at least one course by the day
-- column learners_completed_before BIGINT: the same 30 days before, NULL where nothing is known of that day
-- column learners_under_way BIGINT: started, not completed, not left, with a learning event in the 180 days up to the day
-- column learners_under_way_before BIGINT: the same 30 days before, NULL where nothing is known of that day
-- column learners_silent BIGINT: started, not completed, not left, without a learning event for 180 days or more
-- column learners_silent_before BIGINT: the same 30 days before, NULL where nothing is known of that day
-- column learners_left BIGINT: started, not completed, and left by the day
-- column learners_left_before BIGINT: the same 30 days before, NULL where nothing is known of that day
-- column learners_at_hub BIGINT: registered at a learning hub, as the newest file has it
-- column learners_at_hub_before BIGINT: the same 30 days before, NULL where nothing is known of that day
-- column learners_with_credential BIGINT: with a credential of any kind by the day
-- column learners_with_credential_before BIGINT: the same 30 days before, NULL where nothing is known of that day
-- column learners_recognised BIGINT: with a credential recognised by a university by the day
-- column learners_recognised_before BIGINT: the same 30 days before, NULL where nothing is known of that day
-- column ects_recognised DOUBLE: credits awarded by universities by the day, ECTS
-- column ects_recognised_before DOUBLE: the same 30 days before, NULL where nothing is known of that day
-- metric: learners_registered
-- metric: learners_reached
-- metric: learners_active
-- metric: learners_completed
-- metric: learners_under_way
-- metric: learners_silent
-- metric: learners_at_hub
-- metric: learners_with_credential
-- metric: ects_recognised
-- caveat: A learner may have learned between two dates that reports state: active, under way and quiet of earlier days are those of today's record.
WITH days AS (
    SELECT *
    FROM cube_partner_day
    WHERE fragment.learner_cell_of_partner()
),

newest AS (
    SELECT *
    FROM days
    WHERE $on_date IS NULL OR on_date <= $on_date
    ORDER BY on_date DESC
    LIMIT 1
)

SELECT
    n.on_date,
    n.on_date - 30 AS before_on,
    n.registered AS learners_registered,
    b.registered AS learners_registered_before,
    n.reached AS learners_reached,
    b.reached AS learners_reached_before,
    learners_active(n.active) AS learners_active,
    learners_active(b.active) AS learners_active_before,
    learners_completed(n.completed) AS learners_completed,
    learners_completed(b.completed) AS learners_completed_before,
    learners_under_way(n.under_way) AS learners_under_way,
    learners_under_way(b.under_way) AS learners_under_way_before,
    learners_silent(n.quiet) AS learners_silent,
    learners_silent(b.quiet) AS learners_silent_before,
    n.left_before AS learners_left,
    b.left_before AS learners_left_before,
    learners_at_hub(n.with_hub) AS learners_at_hub,
    learners_at_hub(b.with_hub) AS learners_at_hub_before,
    n.credential AS learners_with_credential,
    b.credential AS learners_with_credential_before,
    n.recognised AS learners_recognised,
    b.recognised AS learners_recognised_before,
    ects_recognised(n.ects_recognised) AS ects_recognised,
    ects_recognised(b.ects_recognised) AS ects_recognised_before
FROM newest AS n
LEFT JOIN days AS b ON b.on_date = n.on_date - 30
ORDER BY n.on_date
