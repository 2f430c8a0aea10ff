-- title: Which courses do sessions go with, and what happens there?
-- grain: one row per course and kind of session
-- param $region VARCHAR: M49 region, or NULL for all
-- param $country_iso3
-- param $host_type
-- param $hub_id
-- column course VARCHAR: course, or not stated
-- column kind VARCHAR: discussion, tutoring, project, introduction or other
-- column sessions BIGINT: sessions held
-- column sessions_of_course BIGINT: sessions held of all kinds with this course
-- column hubs BIGINT: hubs that held them
-- column hours_held DOUBLE: hours of sessions whose length is stated
SELECT
    s.course,
    s.kind,
    count(*)::bigint AS sessions,
    sum(count(*)) OVER (PARTITION BY s.course)::bigint AS sessions_of_course,
    count(DISTINCT s.hub_id)::bigint AS hubs,
    coalesce(sum(s.hours), 0) AS hours_held
FROM fct_hub_session AS s
INNER JOIN dim_hub AS h ON s.hub_id = h.hub_id
WHERE
    s.kind <> 'closing'
    AND fragment.hub_filters(h)
GROUP BY s.course, s.kind
ORDER BY sessions_of_course DESC, s.course, sessions DESC, s.kind
