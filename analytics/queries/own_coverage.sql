-- Since when a clinic's turns that no visitor is behind are counted.

SELECT today() AS until, toDate(min(hour)) AS since, 0 AS k, 'UTC' AS zone
FROM lethe.turns_by_hour
WHERE clinic = {clinic:String} AND source = {source:String}
HAVING count() > 0
