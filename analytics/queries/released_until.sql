-- Until when each clinic's figures are closed. A closing that died after its blocks were written shows in these.

SELECT clinic, source, timezone, greatest(until, last) AS closed, first, k, epsilon
FROM (
    SELECT
        toString(clinic) AS clinic, toString(source) AS source,
        argMax(timezone, released_until.closed) AS timezone,
        max(released_until.closed) AS until,
        min(released_until.first) AS first,
        argMax(released_until.k, released_until.closed) AS k,
        argMax(released_until.epsilon, released_until.closed) AS epsilon
    FROM lethe.released_until
    GROUP BY clinic, source
) AS closings
LEFT JOIN (
    SELECT toString(clinic) AS clinic, toString(source) AS source, max(day) AS last
    FROM lethe.released
    GROUP BY clinic, source
) AS blocks USING (clinic, source)
