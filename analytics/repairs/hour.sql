-- What lethe.turns_by_hour lacks (or has too much of, negative) against its source since a day; no row: they agree.

SELECT
    clinic, hour, language, topic, intent, path, outcome, offered, source, suspect, late,
    sum(n) AS turns,
    sum(f) AS firsts,
    sumMap(l) AS latency,
    sumMap(r) AS redactions
FROM (
    SELECT
        clinic, hour, language, topic, intent, path, outcome, offered, source, suspect, late,
        toInt64(1) AS n,
        toInt64(first) AS f,
        map(latency, toInt64(1)) AS l,
        mapFromArrays(
            arrayMap(bit -> toUInt8(bit), bitPositionsToArray(redactions)),
            arrayMap(bit -> toInt64(1), bitPositionsToArray(redactions))) AS r
    FROM lethe.turn_facts
    WHERE hour >= toDateTime({since:Date}, 'UTC')
    UNION ALL
    SELECT
        clinic, hour, language, topic, intent, path, outcome, offered, source, suspect, late,
        -turns AS n,
        -firsts AS f,
        mapApply((key, value) -> (key, -value), latency) AS l,
        mapApply((key, value) -> (key, -value), redactions) AS r
    FROM lethe.turns_by_hour
    WHERE hour >= toDateTime({since:Date}, 'UTC')
)
GROUP BY clinic, hour, language, topic, intent, path, outcome, offered, source, suspect, late
HAVING turns != 0 OR firsts != 0
    OR arrayExists(value -> value != 0, mapValues(latency))
    OR arrayExists(value -> value != 0, mapValues(redactions))
