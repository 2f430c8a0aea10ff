-- title: Where do two or more like activities run at the same time?
-- grain: one row per country, kind of activity and audience with at least two whose days overlap, most first
-- param $stage
-- param $mission
-- param $audience
-- param $region
-- param $member_type
-- param $from_month
-- param $to_month
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: where
-- column activity_type VARCHAR: kind of activity
-- column audience VARCHAR: for whom
-- column activities BIGINT: distinct activities, each of which overlaps with another
-- column organisations BIGINT: distinct organisations that lead or support them
-- column leads VARCHAR "Lead organisations" text: who leads them
-- column from_date DATE: first day of the first overlap
-- column until_date DATE: last day of the last overlap
-- column people_targeted BIGINT: people they are meant to reach
-- column people_direct BIGINT: people they reached directly
-- caveat: Activities without a kind or a first day are compared with none. Overlap is a reason to talk, not yet waste.
WITH chosen AS (
    SELECT
        a.activity_key,
        a.activity_id,
        a.country_iso3,
        a.country,
        a.activity_type,
        a.audience,
        a.lead,
        a.began_on,
        a.until_on,
        a.people_targeted,
        a.people_direct
    FROM fct_activity_5w AS a
    WHERE
        fragment.activity_stage(a)
        AND fragment.activity_filters(a)
        AND a.activity_type <> 'not stated'
),

overlapping AS (
    SELECT
        a.activity_key,
        min(greatest(a.began_on, b.began_on)) AS from_date,
        max(least(a.until_on, b.until_on)) AS until_date
    FROM chosen AS a
    INNER JOIN chosen AS b
        ON
            a.country_iso3 = b.country_iso3
            AND a.activity_type = b.activity_type
            AND a.audience = b.audience
            AND a.activity_id <> b.activity_id
            AND a.began_on <= b.until_on
            AND b.began_on <= a.until_on
    GROUP BY a.activity_key
),

organisation AS (
    SELECT
        c.country_iso3,
        c.activity_type,
        c.audience,
        count(DISTINCT m.partner_id) AS organisations
    FROM overlapping AS o
    INNER JOIN chosen AS c ON o.activity_key = c.activity_key
    INNER JOIN fct_activity_member AS m ON o.activity_key = m.activity_key
    GROUP BY c.country_iso3, c.activity_type, c.audience
)

SELECT
    c.country_iso3,
    c.country,
    c.activity_type,
    c.audience,
    count(*)::bigint AS activities,
    max(g.organisations)::bigint AS organisations,
    string_agg(DISTINCT c.lead, '; ' ORDER BY c.lead) AS leads,
    min(o.from_date) AS from_date,
    max(o.until_date) AS until_date,
    sum(c.people_targeted)::bigint AS people_targeted,
    sum(c.people_direct)::bigint AS people_direct
FROM overlapping AS o
INNER JOIN chosen AS c ON o.activity_key = c.activity_key
INNER JOIN organisation AS g
    ON c.country_iso3 = g.country_iso3 AND c.activity_type = g.activity_type AND c.audience = g.audience
GROUP BY c.country_iso3, c.country, c.activity_type, c.audience
ORDER BY count(*) DESC, c.country, c.activity_type, c.audience
