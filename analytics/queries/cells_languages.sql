-- A clinic's turns by its own days and their language: to be closed.

SELECT toDate(hour, {timezone:String}) AS day, toString(language) AS language, sum(turns) AS turns, sum(firsts) AS firsts
FROM lethe.turns_by_ending
WHERE clinic = {clinic:String}
    AND source = {source:String}
    AND hour BETWEEN toDateTime({first:Date}, 'UTC') - INTERVAL 1 DAY AND toDateTime({last:Date}, 'UTC') + INTERVAL 2 DAY
    AND toDate(hour, {timezone:String}) BETWEEN {first:Date} AND {last:Date}
    AND NOT suspect AND NOT late
GROUP BY day, language
HAVING turns > 0
