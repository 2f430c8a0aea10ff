-- label: Live free offers
-- unit: offers
-- definition: Offers that are live on the day, free of charge and have a focal point.
-- caveat: An offer that is live is not yet a learner reached.
-- additive_over: members
CREATE MACRO offers_live(state) AS count(*) FILTER (WHERE state = 'live')
