-- Clinics and sources of which turns are published as blocks, and the month of their first turn.

SELECT toString(clinic) AS clinic, toString(source) AS source, min(month) AS since
FROM lethe.turns_by_month
WHERE source IN ('visitor', 'demo', 'seed')
GROUP BY clinic, source
ORDER BY clinic, source
