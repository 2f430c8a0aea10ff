-- title: The newest day that lists of offers, needs and matches tell of
-- grain: one row
-- column as_of_on DATE: day of the newest file, NULL where there is none
WITH told AS (
    SELECT captured_on FROM stg_offers__offers
    UNION ALL
    SELECT captured_on FROM stg_needs__needs
    UNION ALL
    SELECT captured_on FROM stg_matches__matches
)

SELECT max(captured_on) AS as_of_on
FROM told
ORDER BY as_of_on
