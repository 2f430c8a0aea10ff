-- label: Recognition rate
-- unit: share
-- definition: Requests that a university recognised, divided by requests it decided.
-- caveat: Pending requests are shown beside the rate and are not in it.
-- additive_over: nothing
CREATE MACRO recognition_rate(recognised, decided) AS part_of(recognised, decided)
