-- label: Completed so far
-- unit: share
-- definition: Cumulative incidence of completion (Aalen-Johansen): a run that has not ended is censored, leaving or failing is a competing event.
-- caveat: Of course runs, not of people.
-- additive_over: nothing
CREATE MACRO completion_incidence(share) AS share::double
