-- The clinic's own day of its first turn from a source; the month that it is in is known.

SELECT min(toDate(hour, {timezone:String})) AS day
FROM lethe.turns_by_hour
WHERE clinic = {clinic:String}
    AND source = {source:String}
    AND hour < toDateTime({month:Date}, 'UTC') + INTERVAL 32 DAY
