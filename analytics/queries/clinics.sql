-- Clinics that have figures from a source.

SELECT DISTINCT toString(clinic) AS clinic
FROM lethe.turns_by_month
WHERE source = {source:String}
ORDER BY clinic
