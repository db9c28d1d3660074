-- Until when and since when a clinic's figures are counted, and by which rules.

SELECT max(released_until.closed) AS until, min(released_until.first) AS since,
    argMax(released_until.k, released_until.closed) AS k, argMax(timezone, released_until.closed) AS zone,
    argMax(released_until.epsilon, released_until.closed) AS budget
FROM lethe.released_until
WHERE clinic = {clinic:String} AND source = {source:String}
HAVING count() > 0
