-- title: How many came to the sessions of each hub?
-- grain: one row per hub of the register
-- param $partner_id VARCHAR: who reports the programme of the hub, or NULL for all
-- param $region VARCHAR: M49 region, or NULL for all
-- param $country_iso3
-- param $host_type
-- param $hub_id
-- column hub_id VARCHAR: the partner's stable id
-- column hub VARCHAR: name as shown
-- column sessions_counted BIGINT: sessions that were counted
-- column attendance BIGINT: heads at them; a learner counts at each session she comes to
-- column attendance_per_session DOUBLE: mean of the sessions counted
-- column women BIGINT: women and girls among them, where stated
-- column share_women DOUBLE: of the heads of sessions that state women
-- column attendance_of_all BIGINT: heads at the sessions of all of these hubs
-- column sessions_of_all BIGINT: their sessions that were counted
-- caveat: Heads are not learners: whoever comes to ten sessions counts ten times.
SELECT
    a.hub_id,
    h.hub,
    count(*)::bigint AS sessions_counted,
    sum(a.attendance)::bigint AS attendance,
    avg(a.attendance) AS attendance_per_session,
    sum(a.women)::bigint AS women,
    sum(a.women)::double / nullif(sum(a.attendance) FILTER (WHERE a.women IS NOT NULL), 0) AS share_women,
    sum(sum(a.attendance)) OVER ()::bigint AS attendance_of_all,
    sum(count(*)) OVER ()::bigint AS sessions_of_all
FROM cube_hub_attendance AS a
INNER JOIN dim_hub AS h ON a.hub_id = h.hub_id
WHERE
    ($partner_id IS NULL OR a.partner_id = $partner_id)
    AND fragment.hub_filters(h)
GROUP BY a.hub_id, h.hub
ORDER BY attendance DESC, h.hub, a.hub_id
