-- label: Parity
-- unit: yes or no
-- definition: The gender parity index, in two decimals, is from 0.97 to 1.03.
-- caveat: The band is that of UIS for enrolment. It is no test of chance.
-- additive_over: nothing
CREATE MACRO is_parity(index_value) AS round(index_value, 2) BETWEEN 0.97 AND 1.03
