-- title: Matches of offers to needs, as last stated
-- grain: one row per match
-- column match_id VARCHAR: stable id
-- column need_id VARCHAR: the need
-- column offer_id VARCHAR: the offer
-- column proposed_on DATE: day on which it was proposed
-- column brokered_on DATE: day on which both sides agreed, NULL where not yet
-- column delivering_on DATE: first day of delivery, NULL where not yet
-- column completed_on DATE: last day of delivery, NULL where not yet
-- column dropped_on DATE: day on which it was given up, NULL where it was not
-- column dropped_reason VARCHAR: why, NULL where it was not
-- column people_reached BIGINT: people reached so far, NULL where not stated
-- column provenance VARCHAR: published, reported or demo
WITH newest AS (
    SELECT
        match_id,
        need_id,
        offer_id,
        proposed_on,
        brokered_on,
        delivering_on,
        completed_on,
        dropped_on,
        dropped_reason,
        people_reached,
        provenance,
        row_number() OVER (
            PARTITION BY match_id
            ORDER BY proposed_on, need_id, offer_id, brokered_on, delivering_on, completed_on, dropped_on, people_reached
        ) AS take
    FROM stg_matches__matches
    WHERE is_newest
)

SELECT
    match_id,
    need_id,
    offer_id,
    proposed_on,
    brokered_on,
    delivering_on,
    completed_on,
    dropped_on,
    dropped_reason,
    people_reached,
    provenance
FROM newest
WHERE take = 1
ORDER BY match_id
