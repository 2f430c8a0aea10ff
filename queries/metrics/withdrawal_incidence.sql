-- label: Withdrew so far
-- unit: share
-- definition: Cumulative incidence of withdrawal (Aalen-Johansen): still under way is censored, completing or failing is a competing event.
-- caveat: Reports have no day of removal; the last activity stands for it.
-- additive_over: nothing
CREATE MACRO withdrawal_incidence(share) AS share::double
