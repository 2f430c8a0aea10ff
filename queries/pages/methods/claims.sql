-- title: What was stated publicly, and what does this release compute of the same thing?
-- grain: one row per figure stated
-- column claim_id VARCHAR: its id
-- column on_date DATE: day of the statement, NULL where not stated
-- column period VARCHAR: date as the source gives it
-- column publisher VARCHAR: who states it
-- column metric VARCHAR: what is counted, in the statement's sense
-- column qualifier VARCHAR: more than, over, around or some; NULL where the figure is stated as it is
-- column stated DOUBLE: the figure as published, never computed
-- column unit VARCHAR: what one is; share is 0 to 1
-- column is_computable BOOLEAN: this release can hold a figure of the same thing
-- column computed DOUBLE: the same thing by that day from this release, NULL where it cannot be computed
-- column computed_on DATE: day until which was computed, no later than the newest file
-- column captured_on DATE: of closures, the capture that answers
-- column difference DOUBLE "Computed minus stated" code: computed minus stated
-- column is_simulated BOOLEAN: computed from simulated rows
-- column lowest_capture DOUBLE: of closures, the smallest figure of any capture for that day
-- column highest_capture DOUBLE: of closures, the largest
-- column explains VARCHAR: definition or vintage that explains a difference
-- column contradiction VARCHAR: what it contradicts other statements about, NULL where it does not
-- column source VARCHAR: where it was read
-- metric: learners_reached
-- metric: credentials
-- metric: learners_affected
-- metric: share_affected
-- metric: countries_closed
-- metric: completions_per_learner
-- metric: hubs_named
-- caveat: A published figure is never computed here, and a computed one never published: each has its own column.
WITH streams AS (
    SELECT
        programme_id,
        max(as_of_on) AS as_of_on,
        bool_or(provenance = 'demo') AS is_simulated
    FROM dim_stream
    GROUP BY programme_id
),

figures AS (
    SELECT
        c.claim_id,
        CASE
            WHEN c.computed_by IN ('learners_of_programme', 'completions_of_programme', 'completions_per_learner') THEN s.as_of_on
            WHEN c.computed_by IN ('hubs_named', 'members', 'seats') THEN c.compared_on
            -- Exact figures hold until the next change; protected ones are those of the end of a period.
            WHEN known(NULL) IS NULL AND c.computed_by <> 'hours_estimated' THEN r.on_date
            ELSE least(c.compared_on, s.as_of_on)
        END AS computed_on,
        CASE c.computed_by
            WHEN 'hubs_named' THEN (SELECT bool_or(h.provenance = 'demo') FROM dim_hub AS h)
            WHEN 'members' THEN (SELECT bool_or(m.provenance = 'demo') FROM dim_member AS m)
            WHEN 'seats' THEN (SELECT bool_or(p.provenance = 'demo') FROM dim_phase AS p WHERE p.programme_id = c.programme_id)
            ELSE s.is_simulated
        END AS is_simulated,
        CASE c.computed_by
            WHEN 'learners_reached' THEN r.learners_reached
            WHEN 'learners_registered' THEN r.learners_registered
            WHEN 'countries' THEN r.countries
            WHEN 'partners' THEN r.partners
            WHEN 'credentials' THEN r.credentials
            WHEN 'credentials_per_learner' THEN r.credentials::double / nullif(r.learners_reached, 0)
            WHEN 'learners_of_programme' THEN u.learners
            WHEN 'completions_of_programme' THEN u.completions
            WHEN 'completions_per_learner' THEN completions_per_learner(u.completions, u.learners)
            -- A phase whose hours are not known, or hidden, leaves the whole unknown.
            WHEN 'hours_estimated'
                THEN (
                    SELECT CASE WHEN bool_and(h.hours_estimated IS NOT NULL) THEN sum(h.hours_estimated) END
                    FROM dim_phase AS p
                    LEFT JOIN cube_programme AS h ON p.programme_id = h.programme_id AND p.phase = h.phase AND h.partner_id = 'all'
                    WHERE p.programme_id = c.programme_id AND p.began_on <= c.compared_on
                )
            WHEN 'hubs_named' THEN (SELECT nullif(hubs_named(h.hub_id), 0) FROM dim_hub AS h WHERE h.announced_on <= c.compared_on)
            -- Of no register the sum is NULL, not 0.
            WHEN 'members'
                THEN (
                    SELECT sum((coalesce(m.joined_on <= c.compared_on, TRUE) AND coalesce(m.left_on > c.compared_on, TRUE))::int)
                    FROM dim_member AS m
                )
            WHEN 'seats' THEN (
                SELECT max_by(p.seats, p.began_on)
                FROM dim_phase AS p
                WHERE p.programme_id = c.programme_id AND p.began_on <= c.compared_on
            )
        END AS computed
    FROM fct_claim AS c
    LEFT JOIN streams AS s ON c.programme_id = s.programme_id
    LEFT JOIN cube_programme AS u ON c.programme_id = u.programme_id AND u.partner_id = 'all' AND u.phase = 'all'
    LEFT JOIN cube_reach AS r ON c.programme_id = r.programme_id AND r.partner_id = 'all' AND r.on_date <= c.compared_on
    QUALIFY row_number() OVER (PARTITION BY c.claim_id ORDER BY r.on_date DESC NULLS LAST) = 1
),

captures AS (
    SELECT
        c.claim_id,
        k.captured_on,
        r.asked_from IS NULL AS answers,
        k.provenance = 'demo' AS is_simulated,
        CASE c.computed_by
            WHEN 'countries_closed' THEN countries_closed(d.countries_closed)
            WHEN 'learners_affected' THEN learners_affected(d.learners_closed)
            WHEN 'share_affected' THEN share_affected(learners_affected(d.learners_closed), k.learners_total)
        END AS figure
    FROM fct_claim AS c
    -- Captures that list the day itself: what one lists of a month before is no figure of the day.
    INNER JOIN fct_school_record AS r ON c.compared_on = r.on_date AND (r.asked_from IS NULL OR r.listed_on = r.on_date)
    INNER JOIN fct_school_day AS d ON r.captured_on = d.captured_on AND r.on_date = d.on_date
    INNER JOIN dim_closure_capture AS k ON d.captured_on = k.captured_on
),

closures AS (
    SELECT
        claim_id,
        max(captured_on) FILTER (WHERE answers) AS captured_on,
        max(figure) FILTER (WHERE answers) AS computed,
        bool_or(is_simulated) AS is_simulated,
        min(figure) AS lowest_capture,
        max(figure) AS highest_capture
    FROM captures
    WHERE figure IS NOT NULL
    GROUP BY claim_id
)

SELECT
    c.claim_id,
    c.on_date,
    c.period,
    c.publisher,
    c.metric,
    c.qualifier,
    c.value AS stated,
    c.unit,
    c.computed_by IS NOT NULL AS is_computable,
    coalesce(f.computed, k.computed)::double AS computed,
    CASE
        WHEN f.computed IS NOT NULL THEN f.computed_on
        WHEN k.computed IS NOT NULL THEN c.compared_on
    END AS computed_on,
    k.captured_on,
    coalesce(f.computed, k.computed)::double - c.value AS difference,
    CASE
        WHEN f.computed IS NOT NULL THEN f.is_simulated
        ELSE k.is_simulated
    END AS is_simulated,
    k.lowest_capture::double AS lowest_capture,
    k.highest_capture::double AS highest_capture,
    c.explains,
    c.subject AS contradiction,
    c.source
FROM fct_claim AS c
LEFT JOIN figures AS f ON c.claim_id = f.claim_id
LEFT JOIN closures AS k ON c.claim_id = k.claim_id
ORDER BY coalesce(c.on_date, c.compared_on, '2024-12-31'::date), c.publisher, c.claim_id
