-- label: Conditions not met
-- unit: conditions
-- definition: How many of the eight conditions an offer does not meet for a need: country, level, language, technology, audience, free of charge, live on the day, focal point.
-- caveat: The conditions differ in how hard they are to meet.
-- additive_over: nothing
CREATE MACRO gates_failed(country, level, language, tier, audience, is_free, is_live, focal_point) AS
(
    8 - country::int - level::int - language::int - tier::int - audience::int
    - is_free::int - is_live::int - focal_point::int
)
