-- title: Gaps in the language and at the level chosen
-- row: g.language, g.level
-- param $language
-- param $level
SELECT *
FROM given AS g
WHERE
    g.language = coalesce($language, 'any')
    AND ($level IS NULL OR g.level = $level)
