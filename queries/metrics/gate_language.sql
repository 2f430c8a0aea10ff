-- label: Language fits
-- unit: pass or fail
-- definition: The offer comes in the language in which the learners are taught.
-- caveat: A language is one code of ISO 639; learners may understand others too.
-- additive_over: nothing
CREATE MACRO gate_language(languages, language) AS languages = 'all' OR contains(languages, ';' || language || ';')
