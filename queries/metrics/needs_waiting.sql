-- label: Needs waiting
-- unit: needs
-- definition: Needs raised more than 14 days before, not ended, and without a match.
-- caveat: A need is a request, not everything that is lacking.
-- additive_over: countries, levels, languages
CREATE MACRO needs_waiting(is_waiting) AS count(*) FILTER (WHERE is_waiting)
