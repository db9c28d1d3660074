-- What visitors of a clinic wanted, by day and intent.

SELECT day, toString(intent) AS key, sum(turns) AS turns, sum(firsts) AS firsts
FROM lethe.turns_by_day
WHERE clinic = {clinic:String}
    AND source = {source:String}
    AND day BETWEEN {first:Date} AND {last:Date}
    AND NOT suspect
GROUP BY day, key
HAVING turns != 0
ORDER BY day, key
