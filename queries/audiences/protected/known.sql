-- A cell that no row fills may be hidden as well as empty, so it stays missing.
CREATE MACRO known(count) AS count
