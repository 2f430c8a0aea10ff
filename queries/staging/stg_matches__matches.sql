-- title: Matches of offers to needs and the days of their lifecycle
-- grain: one row per capture and match
-- column captured_on DATE: day of the file
-- column is_newest BOOLEAN: of the newest file that has this match id
-- column match_id VARCHAR: stable id of the match
-- column need_id VARCHAR: the need
-- column offer_id VARCHAR: the offer
-- column proposed_on DATE: day on which it was proposed
-- column brokered_on DATE: day on which both sides agreed
-- column delivering_on DATE: first day of delivery
-- column completed_on DATE: last day of delivery
-- column dropped_on DATE: day on which it was given up
-- column dropped_reason VARCHAR: no capacity, no answer, not suitable, need ended or other
-- column people_reached BIGINT: people reached so far
-- column provenance VARCHAR: published, reported or demo
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY match_id) AS is_newest,
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
FROM raw_matches
ORDER BY captured_on, match_id, need_id, offer_id, proposed_on, brokered_on, delivering_on, completed_on, dropped_on, dropped_reason, people_reached
