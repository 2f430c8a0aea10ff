-- label: Learning hours
-- unit: hours
-- definition: Hours by how they are known: measured by the platform, estimated by it, or attested by a partner.
-- caveat: Hours of one basis are never added to those of another.
-- additive_over: phases, within one basis
CREATE MACRO learning_hours(hours) AS hours::double
