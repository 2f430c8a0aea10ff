-- label: Credentials
-- unit: credentials
-- definition: Certificates of courses and guided projects. Specialisations and professional certificates are awarded on top of them and counted apart.
-- caveat: A credential of an industry name is not one that a university recognised.
-- additive_over: programmes that share no learners
CREATE MACRO credentials(issued) AS issued::bigint
