-- title: Which organisation a written name stands for, as last confirmed
-- grain: one row per written name that was confirmed
-- column written_id VARCHAR: id made from the name as written
-- column organisation_id VARCHAR: id of the organisation
-- column organisation VARCHAR: its name as shown
WITH newest AS (
    SELECT
        written_id,
        organisation_id,
        organisation,
        -- Files of one day may both name it; one row of them is taken, the same each time.
        row_number() OVER (PARTITION BY written_id ORDER BY organisation_id, organisation) AS take
    FROM stg_organisation_names__names
    WHERE is_newest
)

SELECT
    n.written_id,
    coalesce(o.organisation_id, n.organisation_id) AS organisation_id,
    coalesce(o.organisation, n.organisation) AS organisation
FROM newest AS n
-- The organisation may since have become one with another.
LEFT JOIN newest AS o ON n.organisation_id = o.written_id AND o.take = 1
WHERE n.take = 1
ORDER BY n.written_id
