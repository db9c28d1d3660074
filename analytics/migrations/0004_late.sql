-- A turn that arrives after its day was closed (analytics/closing.py) is marked: figures are not changed by it.

ALTER TABLE lethe.turn_facts ADD COLUMN IF NOT EXISTS late Bool AFTER first;

ALTER TABLE lethe.turns_by_hour
    ADD COLUMN IF NOT EXISTS late Bool AFTER suspect,
    MODIFY ORDER BY (clinic, hour, language, topic, intent, path, outcome, offered, source, suspect, late);

ALTER TABLE lethe.to_hour MODIFY QUERY
SELECT
    clinic, hour, language, topic, intent, path, outcome, offered, source, suspect, late,
    toInt64(count()) AS turns,
    toInt64(countIf(first)) AS firsts,
    sumMap(map(latency, toInt64(1))) AS latency,
    sumMap(mapFromArrays(
        arrayMap(bit -> toUInt8(bit), bitPositionsToArray(redactions)),
        arrayMap(bit -> toInt64(1), bitPositionsToArray(redactions)))) AS redactions
FROM lethe.turn_facts
GROUP BY clinic, hour, language, topic, intent, path, outcome, offered, source, suspect, late;
