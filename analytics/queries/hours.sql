-- Published turns of a clinic by weekday and runs of hours, its own.

SELECT weekday, hour, until, sum(turns) AS turns, min(since) AS since, max(day) AS last
FROM lethe.released
WHERE clinic = {clinic:String}
    AND source = {source:String}
    AND tree = 'hour'
    AND day BETWEEN {first:Date} AND {last:Date}
GROUP BY weekday, hour, until
ORDER BY weekday, hour, until
