-- title: Which countries are in need, with no activity confirmed or delivering?
-- grain: one row per country, most people in need first
-- param $mission VARCHAR: mission, or NULL for all
-- param $audience VARCHAR: learners, teachers, parents or institutions, or NULL for all
-- param $region VARCHAR: M49 region or sub-region, or NULL for the world
-- param $member_type VARCHAR: type of a member that leads or supports, or NULL for all
-- param $from_month DATE: first day of the first month, or NULL for the first
-- param $to_month DATE: first day of the last month, or NULL for the last
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: UN short name
-- column region VARCHAR: M49 region
-- column people_in_need BIGINT: as lists state them, over the places of the country; NULL where none does
-- column need_year BIGINT: last year that the rows which state them are for, NULL where none does
-- column schools_closed_on DATE: newest day of UNESCO's record up to the last month, if schools are closed country-wide on it, else NULL
-- column learners BIGINT: learners enrolled there, where schools are closed
-- column refugees BIGINT: refugees hosted, newest year up to the last month; NULL where none or not known
-- column refugees_year BIGINT: at the end of which year
-- column needs_open BIGINT: needs raised and not ended on the newest day of the lists of offers, needs and matches, or at the end of the last month where that is earlier
-- column offered BIGINT: activities merely offered there
-- column delivered BIGINT: activities delivered, and so ended, there
-- caveat: In need is a country for which a list states people in need, whose schools are closed on the newest day recorded, that hosts refugees, or that has raised a need.
WITH told AS (
    SELECT
        a.country_iso3,
        count(DISTINCT a.activity_id) FILTER (WHERE a.stage IN ('confirmed', 'delivering')) AS under_way,
        count(DISTINCT a.activity_id) FILTER (WHERE a.stage = 'offered') AS offered,
        count(DISTINCT a.activity_id) FILTER (WHERE a.stage = 'delivered') AS delivered
    FROM fct_activity_5w AS a
    WHERE
        a.is_education
        AND fragment.activity_filters(a)
    GROUP BY a.country_iso3
),

closed AS (
    SELECT
        s.country_iso3,
        s.on_date,
        s.learners
    FROM fct_school_status AS s
    WHERE
        s.captured_on = (SELECT max(d.captured_on) FROM dim_closure_capture AS d)
        AND NOT s.is_planned
        AND NOT s.is_territory
        AND ($to_month IS NULL OR s.on_date <= last_day($to_month))
    QUALIFY s.on_date = max(s.on_date) OVER () AND s.status = 'closed'
),

hosting AS (
    SELECT
        r.host_iso3,
        r.year,
        sum(r.refugees)::bigint AS refugees
    FROM fct_refugees AS r
    WHERE r.year = (SELECT max(y.year) FROM fct_refugees AS y WHERE $to_month IS NULL OR y.year <= year($to_month::date))
    GROUP BY r.host_iso3, r.year
    HAVING sum(r.refugees) > 0
),

asked AS (
    SELECT
        n.country_iso3,
        count(*) AS needs_open
    FROM fct_need AS n
    INNER JOIN dim_matching_day AS d ON least(d.as_of_on, last_day($to_month)) BETWEEN n.raised_on AND n.closed_on
    WHERE $audience IS NULL OR n.audience = $audience
    GROUP BY n.country_iso3
)

SELECT
    c.country_iso3,
    c.country,
    c.region,
    (SELECT max(d.people_in_need) FROM fct_education_need AS d WHERE d.country_iso3 = c.country_iso3 AND ($audience IS NULL OR d.audience = $audience)) AS people_in_need,
    (SELECT max(year(d.until_on)) FROM fct_education_need AS d WHERE d.country_iso3 = c.country_iso3 AND ($audience IS NULL OR d.audience = $audience)) AS need_year,
    s.on_date AS schools_closed_on,
    s.learners,
    h.refugees,
    h.year AS refugees_year,
    coalesce(a.needs_open, 0)::bigint AS needs_open,
    coalesce(t.offered, 0)::bigint AS offered,
    coalesce(t.delivered, 0)::bigint AS delivered
FROM dim_country AS c
LEFT JOIN told AS t ON c.country_iso3 = t.country_iso3
LEFT JOIN closed AS s ON c.country_iso3 = s.country_iso3
LEFT JOIN hosting AS h ON c.country_iso3 = h.host_iso3
LEFT JOIN asked AS a ON c.country_iso3 = a.country_iso3
WHERE
    coalesce(t.under_way, 0) = 0
    AND (people_in_need > 0 OR s.on_date IS NOT NULL OR h.refugees > 0 OR a.needs_open > 0)
    AND ($region IS NULL OR $region IN (c.region, c.sub_region))
ORDER BY people_in_need DESC NULLS LAST, s.learners DESC NULLS LAST, h.refugees DESC NULLS LAST, c.country
