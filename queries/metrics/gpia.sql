-- label: Gender parity index (GPIA)
-- unit: index
-- definition: The share of women who reach a step, of those registered, against the share of men. Where it is no higher for women: women's share divided by men's; else 2 minus men's divided by women's. 1 is parity.
-- caveat: No index where the sex of more than 20 % is not reported, where that share is not known, or where fewer than 30 women or 30 men are registered.
-- additive_over: nothing
CREATE MACRO gpia(rate_female, rate_male, registered_female, registered_male, share_not_reported) AS
CASE
    WHEN registered_female < 30 OR registered_male < 30 OR share_not_reported IS NULL OR share_not_reported > 0.2 THEN NULL
    WHEN rate_female <= rate_male THEN rate_female / nullif(rate_male, 0)
    ELSE 2 - rate_male / nullif(rate_female, 0)
END
