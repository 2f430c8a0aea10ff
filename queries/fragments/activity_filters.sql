-- title: Activities of the mission, audience, region, type of member and months chosen
-- row: a.mission, a.audience, a.region, a.sub_region, a.activity_key, a.until_on, a.began_on
-- param $mission
-- param $audience
-- param $region
-- param $member_type
-- param $from_month
-- param $to_month
SELECT *
FROM given AS a
WHERE
    ($mission IS NULL OR a.mission = $mission)
    AND ($audience IS NULL OR a.audience = $audience)
    AND ($region IS NULL OR $region IN (a.region, a.sub_region))
    AND ($member_type IS NULL OR EXISTS (SELECT 1 FROM fct_activity_member AS m WHERE m.activity_key = a.activity_key AND m.member_type = $member_type))
    AND ($from_month IS NULL OR a.until_on >= $from_month)
    AND ($to_month IS NULL OR a.began_on <= last_day($to_month))
