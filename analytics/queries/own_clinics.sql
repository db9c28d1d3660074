-- Clinics that have turns from a source that no visitor is behind.

SELECT DISTINCT toString(clinic) AS clinic
FROM lethe.turns_by_month
WHERE source = {source:String}
ORDER BY clinic
