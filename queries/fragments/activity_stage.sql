-- title: Activities of education at the stage chosen, or at all stages that count
-- row: a.is_education, a.stage, a.is_counted
-- param $stage
SELECT *
FROM given AS a
WHERE
    a.is_education
    AND (a.stage = $stage OR ($stage IS NULL AND a.is_counted))
