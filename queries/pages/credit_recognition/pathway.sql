-- title: How far do credentials get on the way to credits at a university?
-- grain: one row
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all
-- param $partner_id
-- column requested BIGINT: requests
-- column decided BIGINT: of them, decided
-- column recognised BIGINT: of them, recognised
-- column refused BIGINT: of them, refused
-- column pending BIGINT: not decided yet
-- column transferred BIGINT: distinct learners who transferred with credits
-- column learners BIGINT: distinct learners who asked
-- column recognition_rate DOUBLE: recognised / decided, 0 to 1
-- column rate_low DOUBLE: lower end of its 95 % interval
-- column rate_high DOUBLE: upper end of its 95 % interval
-- column ects_requested DOUBLE: credits asked for, ECTS
-- column ects_awarded DOUBLE: credits awarded, ECTS
-- column median_wait_days DOUBLE: median days from request to decision
-- column median_pending_days DOUBLE: median days that pending requests have waited
-- column agreements BIGINT: universities that signed an agreement
-- column agreement_countries BIGINT: their countries
-- metric: recognition_rate
-- caveat: An agreement signed is not a credit recognised. Requests without a decision are shown beside the rate and are not in it.
WITH signed AS (
    SELECT
        count(DISTINCT university || country_iso3) AS agreements,
        count(DISTINCT country_iso3) FILTER (WHERE country_iso3 <> 'unknown') AS agreement_countries
    FROM dim_agreement
    WHERE fragment.agreement_filters()
),

asked AS (
    SELECT
        requested,
        decided,
        recognised,
        refused,
        pending,
        transferred,
        learners,
        ects_requested,
        ects_awarded,
        median_wait_days,
        median_pending_days
    FROM cube_recognition
    WHERE
        breakdown = 'all'
        AND fragment.learner_cell()
)

SELECT
    known(a.requested) AS requested,
    known(a.decided) AS decided,
    known(a.recognised) AS recognised,
    known(a.refused) AS refused,
    known(a.pending) AS pending,
    known(a.transferred) AS transferred,
    known(a.learners) AS learners,
    recognition_rate(a.recognised, a.decided) AS recognition_rate,
    wilson_low(a.recognised, a.decided) AS rate_low,
    wilson_high(a.recognised, a.decided) AS rate_high,
    a.ects_requested,
    a.ects_awarded,
    a.median_wait_days,
    a.median_pending_days,
    s.agreements,
    s.agreement_countries
FROM signed AS s
LEFT JOIN asked AS a ON TRUE
ORDER BY s.agreements
