-- A series has a figure for each day: the day asked is the day that answers.
CREATE MACRO counted_until(asked, answered) AS asked
