-- Turns of a clinic by day: counted in figures, or left out as suspect.

SELECT day, if(suspect, 'left_out', 'counted') AS key, sum(turns) AS turns, sum(firsts) AS firsts
FROM lethe.turns_by_day
WHERE clinic = {clinic:String}
    AND source = {source:String}
    AND day BETWEEN {first:Date} AND {last:Date}
GROUP BY day, key
HAVING turns != 0
ORDER BY day, key
