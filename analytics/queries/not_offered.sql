-- What visitors asked for that the clinic does not offer, by day and topic.

SELECT day, toString(topic) AS key, sum(turns) AS turns, sum(firsts) AS firsts
FROM lethe.turns_by_day
WHERE clinic = {clinic:String}
    AND source = {source:String}
    AND day BETWEEN {first:Date} AND {last:Date}
    AND NOT suspect
    AND (outcome = 'not_offered' OR offered = 'no')
GROUP BY day, key
HAVING turns != 0
ORDER BY day, key
