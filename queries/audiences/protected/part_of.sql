-- A share of rounded figures in whole percent; 23, 5, 200 and 5 % are those of dashboard/disclosure/policy.toml.
CREATE MACRO part_of(part, whole) AS CASE
    WHEN
        whole >= 23 AND part >= 5 AND whole - part >= 5
        AND (whole >= 200 OR part::double / nullif(whole, 0) BETWEEN 0.05 AND 0.95)
        THEN round(part::double / nullif(whole, 0), 2)
END
