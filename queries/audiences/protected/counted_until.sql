-- A series has the ends of months or quarters only: the last one by the day asked answers.
CREATE MACRO counted_until(asked, answered) AS coalesce(answered, asked)
