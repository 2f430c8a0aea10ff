-- title: Streams that stand on the same files in both releases, so that data cannot have changed them
-- grain: one row per stream
-- column stream VARCHAR: partner/programme, or a source that is not reported in streams
WITH told AS (
    SELECT
        'old' AS side,
        r.stream,
        r.source,
        r.captured_on,
        r.rows_told,
        string_agg(p.snapshot, ' ' ORDER BY p.snapshot) AS snapshots
    FROM old_fct_stream_report AS r
    INNER JOIN old_pin AS p
        ON
            r.source = p.source
            AND r.captured_on = p.captured_on
            -- Of other sources, such as the rehearsal of the Open University, streams are not partner/programme.
            AND (p.stream = r.stream OR p.stream IS NULL OR p.stream NOT LIKE '%/%')
    GROUP BY r.stream, r.source, r.captured_on, r.rows_told
    UNION ALL
    SELECT
        'new' AS side,
        r.stream,
        r.source,
        r.captured_on,
        r.rows_told,
        string_agg(p.snapshot, ' ' ORDER BY p.snapshot) AS snapshots
    FROM new_fct_stream_report AS r
    INNER JOIN new_pin AS p
        ON
            r.source = p.source
            AND r.captured_on = p.captured_on
            -- Of other sources, such as the rehearsal of the Open University, streams are not partner/programme.
            AND (p.stream = r.stream OR p.stream IS NULL OR p.stream NOT LIKE '%/%')
    GROUP BY r.stream, r.source, r.captured_on, r.rows_told
),

files AS (
    SELECT
        stream,
        count(*) AS sides
    FROM told
    GROUP BY stream, source, captured_on, rows_told, snapshots
)

SELECT stream
FROM files
GROUP BY stream
HAVING min(files.sides) = 2
ORDER BY stream
