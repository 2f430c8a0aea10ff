-- title: How did a partner's learners develop over the last year?
-- grain: one row per day, every 30 days up to the day of the partner's newest file; none for viewers who do not own the rows
-- param $partner_id VARCHAR: partner
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- column on_date DATE: day
-- column learners_registered BIGINT: distinct learners registered by the day
-- column learners_active BIGINT: with a learning event in the 30 days up to the day
-- column learners_completed BIGINT: completed at least one course by the day
-- column learners_silent BIGINT: started, not completed, not left, without a learning event for 180 days or more
-- column learners_with_credential BIGINT: with a credential of any kind by the day
-- metric: learners_active
-- metric: learners_completed
-- metric: learners_silent
SELECT
    on_date,
    registered AS learners_registered,
    active AS learners_active,
    completed AS learners_completed,
    quiet AS learners_silent,
    credential AS learners_with_credential
FROM cube_partner_day
WHERE fragment.learner_cell_of_partner()
ORDER BY on_date
