-- A clinic's turns that looked automated, by its own days: to be closed.

SELECT toDate(hour, {timezone:String}) AS day, sum(turns) AS turns, sum(firsts) AS firsts
FROM lethe.turns_by_ending
WHERE clinic = {clinic:String}
    AND source = {source:String}
    AND hour BETWEEN toDateTime({first:Date}, 'UTC') - INTERVAL 1 DAY AND toDateTime({last:Date}, 'UTC') + INTERVAL 2 DAY
    AND toDate(hour, {timezone:String}) BETWEEN {first:Date} AND {last:Date}
    AND suspect AND NOT late
GROUP BY day
HAVING turns > 0
