-- A share of exact figures.
CREATE MACRO part_of(part, whole) AS part::double / nullif(whole, 0)
