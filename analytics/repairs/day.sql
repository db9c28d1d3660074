-- What lethe.turns_by_day lacks (or has too much of, negative) against its source since a day; no row: they agree.

SELECT
    clinic, day, language, topic, intent, path, outcome, offered, source, suspect,
    sum(n) AS turns,
    sum(f) AS firsts,
    sumMap(l) AS latency,
    sumMap(r) AS redactions
FROM (
    SELECT
        clinic, toDate(hour, 'UTC') AS day, language, topic, intent, path, outcome, offered, source, suspect,
        turns AS n, firsts AS f, latency AS l, redactions AS r
    FROM lethe.turns_by_hour
    WHERE hour >= toDateTime({since:Date}, 'UTC')
    UNION ALL
    SELECT
        clinic, day, language, topic, intent, path, outcome, offered, source, suspect,
        -turns AS n,
        -firsts AS f,
        mapApply((key, value) -> (key, -value), latency) AS l,
        mapApply((key, value) -> (key, -value), redactions) AS r
    FROM lethe.turns_by_day
    WHERE day >= {since:Date}
)
GROUP BY clinic, day, language, topic, intent, path, outcome, offered, source, suspect
HAVING turns != 0 OR firsts != 0
    OR arrayExists(value -> value != 0, mapValues(latency))
    OR arrayExists(value -> value != 0, mapValues(redactions))
