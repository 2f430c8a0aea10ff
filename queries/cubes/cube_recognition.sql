-- title: Requests for recognition by university, and by reason of refusal
-- grain: one row per programme, partner, breakdown (all, university, country or reason) and its value
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column breakdown VARCHAR: all, university, country or reason
-- column breakdown_value VARCHAR: value; all for all
-- column country_iso3 VARCHAR: country of the university, NULL in other breakdowns
-- column requested BIGINT: requests
-- column decided BIGINT: of them, decided
-- column recognised BIGINT: of them, recognised
-- column refused BIGINT: of them, refused
-- column pending BIGINT: not decided
-- column transferred BIGINT: learners who transferred with credits
-- column ects_requested DOUBLE: credits asked for
-- column ects_awarded DOUBLE: credits awarded
-- column learners BIGINT: distinct learners who asked
-- column learners_recognised BIGINT: distinct learners with a credential recognised
-- column median_wait_days DOUBLE: median days from request to decision
-- column median_pending_days DOUBLE: median days that pending requests have waited
-- sum: requested = decided + pending
-- sum: decided = recognised + refused
-- among: requested >= learners >= learners_recognised
-- among: recognised >= learners_recognised
-- among: learners >= transferred
SELECT
    programme_id,
    partner_id,
    CASE
        WHEN grouping(r.university) = 0 THEN 'university'
        WHEN grouping(r.country_iso3) = 0 THEN 'country'
        WHEN grouping(r.reason) = 0 THEN 'reason'
        ELSE 'all'
    END AS breakdown,
    CASE
        WHEN grouping(r.university) = 0 THEN r.university
        WHEN grouping(r.country_iso3) = 0 THEN r.country_iso3
        WHEN grouping(r.reason) = 0 THEN coalesce(r.reason, 'not refused')
        ELSE 'all'
    END AS breakdown_value,
    CASE WHEN grouping(r.country_iso3) = 0 THEN r.country_iso3 END AS country_iso3,
    count(*) AS requested,
    count(r.decided_on) AS decided,
    count(*) FILTER (WHERE decision = 'recognised') AS recognised,
    count(*) FILTER (WHERE decision = 'refused') AS refused,
    count(*) FILTER (WHERE decision = 'pending') AS pending,
    count(DISTINCT CASE WHEN transferred_on IS NOT NULL THEN r.learner_key END) AS transferred,
    cast(sum(cast(floor(r.ects_requested * 1000 + cast(0.5 AS double)) AS bigint)) AS double) / 1000 AS ects_requested,
    cast(sum(cast(floor(r.ects_awarded * 1000 + cast(0.5 AS double)) AS bigint)) AS double) / 1000 AS ects_awarded,
    count(DISTINCT r.learner_key) AS learners,
    count(DISTINCT CASE WHEN decision = 'recognised' THEN r.learner_key END) AS learners_recognised,
    cast(median(date_diff('day', cast(requested_on AS date), cast(r.decided_on AS date))) AS double) AS median_wait_days,
    cast(
        median(CASE WHEN r.decided_on IS NULL THEN date_diff('day', cast(requested_on AS date), cast(as_of_on AS date)) END) AS double
    ) AS median_pending_days
FROM int_recognition_margin AS r
GROUP BY
    GROUPING SETS (
        (programme_id, partner_id),
        (programme_id, partner_id, university, country_iso3),
        (programme_id, partner_id, country_iso3),
        (programme_id, partner_id, reason)
    )
ORDER BY programme_id, partner_id, breakdown, breakdown_value, country_iso3
