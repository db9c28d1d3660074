-- Clinics that have published figures from a source.

SELECT DISTINCT toString(clinic) AS clinic
FROM lethe.released_until
WHERE source = {source:String}
ORDER BY clinic
