-- What lethe.turns_by_month lacks (or has too much of, negative) against its source since a day; no row: they agree.

SELECT
    clinic, month, language, topic, intent, path, outcome, offered, source, suspect,
    sum(n) AS turns,
    sum(f) AS firsts,
    sumMap(l) AS latency,
    sumMap(r) AS redactions
FROM (
    SELECT
        clinic, toStartOfMonth(day) AS month, language, topic, intent, path, outcome, offered, source, suspect,
        turns AS n, firsts AS f, latency AS l, redactions AS r
    FROM lethe.turns_by_day
    WHERE day >= {since:Date}
    UNION ALL
    SELECT
        clinic, month, language, topic, intent, path, outcome, offered, source, suspect,
        -turns AS n,
        -firsts AS f,
        mapApply((key, value) -> (key, -value), latency) AS l,
        mapApply((key, value) -> (key, -value), redactions) AS r
    FROM lethe.turns_by_month
    WHERE month >= {since:Date}
)
GROUP BY clinic, month, language, topic, intent, path, outcome, offered, source, suspect
HAVING turns != 0 OR firsts != 0
    OR arrayExists(value -> value != 0, mapValues(latency))
    OR arrayExists(value -> value != 0, mapValues(redactions))
