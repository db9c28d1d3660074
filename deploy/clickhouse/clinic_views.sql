-- What clinic $clinic reads by SQL: its own rows of the published figures, as views of a database of its own.
-- To be run as lethe_keeper, once its users exist; again after a new version of Lethe, should its columns be others.

CREATE DATABASE IF NOT EXISTS `lethe_$clinic`;

DROP VIEW IF EXISTS `lethe_$clinic`.released;

CREATE VIEW `lethe_$clinic`.released
DEFINER = `lethe_scope_$clinic` SQL SECURITY DEFINER AS
SELECT
    clinic, source, tree, since, day, ending, topic, intent, how, language, weekday, hour, until, turns, firsts
FROM lethe.released;

DROP VIEW IF EXISTS `lethe_$clinic`.released_until;

CREATE VIEW `lethe_$clinic`.released_until
DEFINER = `lethe_scope_$clinic` SQL SECURITY DEFINER AS
SELECT
    clinic, source,
    argMax(stated.timezone, stated.closed) AS timezone,
    max(stated.closed) AS closed,
    min(stated.first) AS first,
    argMax(stated.k, stated.closed) AS k,
    argMax(stated.epsilon, stated.closed) AS epsilon
FROM lethe.released_until AS stated
GROUP BY clinic, source;
