-- title: Public statements, figure by figure, with what explains how they differ from computed ones
-- grain: one row per figure stated
-- column claim_id VARCHAR: its id
-- column on_date DATE: day of the statement, NULL where not stated
-- column period VARCHAR: date as the source gives it
-- column compared_on DATE: day for which a computed figure stands beside it, NULL where none can
-- column programme_id VARCHAR: programme it is about, or school_closures
-- column publisher VARCHAR: who states it
-- column metric VARCHAR: what is counted, in the statement's sense
-- column qualifier VARCHAR: more than, over, around or some; NULL where the figure is stated as it is
-- column value DOUBLE: the figure
-- column unit VARCHAR: what one is; share is 0 to 1
-- column computed_by VARCHAR: which computed figure is of the same thing, NULL where none is
-- column contradiction VARCHAR: id of the contradiction it is part of, NULL where it is in none
-- column subject VARCHAR: what the contradiction is about
-- column sentence VARCHAR: the contradiction in words
-- column explains VARCHAR: definition or vintage that explains a difference
-- column source VARCHAR: where it was read
SELECT
    c.claim_id,
    c.on_date,
    c.period,
    c.compared_on,
    c.programme_id,
    c.publisher,
    c.metric,
    c.qualifier,
    c.value,
    c.unit,
    c.computed_by,
    c.contradiction,
    d.subject,
    d.sentence,
    c.explains,
    c.source
FROM ref_claims AS c
LEFT JOIN ref_contradictions AS d ON c.contradiction = d.contradiction
ORDER BY c.claim_id
