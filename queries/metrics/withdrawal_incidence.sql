-- label: Withdrew so far
-- unit: share
-- definition: Cumulative incidence of withdrawal (Aalen-Johansen): a run that has not ended is censored, completing or failing is a competing event.
-- caveat: Reports have no day of removal; the last activity is used instead.
-- additive_over: nothing
CREATE MACRO withdrawal_incidence(share) AS share::double
