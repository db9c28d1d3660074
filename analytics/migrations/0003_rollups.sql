-- Counts by hour, day and month, filled by materialised views: raw -> hour -> day -> month.
-- Counters are signed, so that a correction (analytics/repairs) is a row like any other and flows on.
-- Latency and redactions are counters by bucket and by kind (the bit's number); no quantile states.

CREATE TABLE IF NOT EXISTS lethe.turns_by_hour (
    clinic LowCardinality(String),
    hour DateTime('UTC'),
    language Enum8('en' = 1, 'fr' = 2, 'nl' = 3, 'de' = 4, 'other' = 5),
    topic LowCardinality(String),
    intent Enum8('offer' = 1, 'price' = 2, 'hours' = 3, 'location' = 4, 'booking' = 5, 'contact' = 6, 'payment' = 7,
        'practitioner' = 8, 'duration' = 9, 'aftercare' = 10, 'preparation' = 11, 'downtime' = 12, 'pain' = 13,
        'risks' = 14, 'results' = 15, 'candidacy' = 16, 'comparison' = 17, 'consultation' = 18, 'promotions' = 19,
        'cancellation' = 20, 'language' = 21, 'parking' = 22, 'smalltalk' = 23, 'complaint' = 24, 'privacy' = 25,
        'human_handover' = 26, 'medical_advice' = 27, 'emergency' = 28, 'injection' = 29, 'other' = 30),
    path Enum8('deterministic' = 1, 'llm' = 2, 'refuse' = 3, 'emergency' = 4, 'fallback' = 5),
    outcome Enum8('answered' = 1, 'not_offered' = 2, 'handed_over' = 3, 'refused' = 4, 'emergency' = 5,
        'fallback' = 6, 'failed' = 7, 'abandoned' = 8),
    offered Enum8('unknown' = 0, 'no' = 1, 'yes' = 2),
    source Enum8('visitor' = 1, 'demo' = 2, 'cli' = 3, 'verify' = 4, 'load' = 5, 'seed' = 6),
    suspect Bool,
    turns SimpleAggregateFunction(sum, Int64),
    firsts SimpleAggregateFunction(sum, Int64),
    latency SimpleAggregateFunction(sumMap, Map(UInt8, Int64)),
    redactions SimpleAggregateFunction(sumMap, Map(UInt8, Int64))
)
ENGINE = AggregatingMergeTree
ORDER BY (clinic, hour, language, topic, intent, path, outcome, offered, source, suspect)
TTL hour + INTERVAL 25 MONTH DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS lethe.turns_by_day (
    clinic LowCardinality(String),
    day Date,
    language Enum8('en' = 1, 'fr' = 2, 'nl' = 3, 'de' = 4, 'other' = 5),
    topic LowCardinality(String),
    intent Enum8('offer' = 1, 'price' = 2, 'hours' = 3, 'location' = 4, 'booking' = 5, 'contact' = 6, 'payment' = 7,
        'practitioner' = 8, 'duration' = 9, 'aftercare' = 10, 'preparation' = 11, 'downtime' = 12, 'pain' = 13,
        'risks' = 14, 'results' = 15, 'candidacy' = 16, 'comparison' = 17, 'consultation' = 18, 'promotions' = 19,
        'cancellation' = 20, 'language' = 21, 'parking' = 22, 'smalltalk' = 23, 'complaint' = 24, 'privacy' = 25,
        'human_handover' = 26, 'medical_advice' = 27, 'emergency' = 28, 'injection' = 29, 'other' = 30),
    path Enum8('deterministic' = 1, 'llm' = 2, 'refuse' = 3, 'emergency' = 4, 'fallback' = 5),
    outcome Enum8('answered' = 1, 'not_offered' = 2, 'handed_over' = 3, 'refused' = 4, 'emergency' = 5,
        'fallback' = 6, 'failed' = 7, 'abandoned' = 8),
    offered Enum8('unknown' = 0, 'no' = 1, 'yes' = 2),
    source Enum8('visitor' = 1, 'demo' = 2, 'cli' = 3, 'verify' = 4, 'load' = 5, 'seed' = 6),
    suspect Bool,
    turns SimpleAggregateFunction(sum, Int64),
    firsts SimpleAggregateFunction(sum, Int64),
    latency SimpleAggregateFunction(sumMap, Map(UInt8, Int64)),
    redactions SimpleAggregateFunction(sumMap, Map(UInt8, Int64))
)
ENGINE = AggregatingMergeTree
ORDER BY (clinic, day, language, topic, intent, path, outcome, offered, source, suspect)
TTL day + INTERVAL 25 MONTH DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS lethe.turns_by_month (
    clinic LowCardinality(String),
    month Date,
    language Enum8('en' = 1, 'fr' = 2, 'nl' = 3, 'de' = 4, 'other' = 5),
    topic LowCardinality(String),
    intent Enum8('offer' = 1, 'price' = 2, 'hours' = 3, 'location' = 4, 'booking' = 5, 'contact' = 6, 'payment' = 7,
        'practitioner' = 8, 'duration' = 9, 'aftercare' = 10, 'preparation' = 11, 'downtime' = 12, 'pain' = 13,
        'risks' = 14, 'results' = 15, 'candidacy' = 16, 'comparison' = 17, 'consultation' = 18, 'promotions' = 19,
        'cancellation' = 20, 'language' = 21, 'parking' = 22, 'smalltalk' = 23, 'complaint' = 24, 'privacy' = 25,
        'human_handover' = 26, 'medical_advice' = 27, 'emergency' = 28, 'injection' = 29, 'other' = 30),
    path Enum8('deterministic' = 1, 'llm' = 2, 'refuse' = 3, 'emergency' = 4, 'fallback' = 5),
    outcome Enum8('answered' = 1, 'not_offered' = 2, 'handed_over' = 3, 'refused' = 4, 'emergency' = 5,
        'fallback' = 6, 'failed' = 7, 'abandoned' = 8),
    offered Enum8('unknown' = 0, 'no' = 1, 'yes' = 2),
    source Enum8('visitor' = 1, 'demo' = 2, 'cli' = 3, 'verify' = 4, 'load' = 5, 'seed' = 6),
    suspect Bool,
    turns SimpleAggregateFunction(sum, Int64),
    firsts SimpleAggregateFunction(sum, Int64),
    latency SimpleAggregateFunction(sumMap, Map(UInt8, Int64)),
    redactions SimpleAggregateFunction(sumMap, Map(UInt8, Int64))
)
ENGINE = AggregatingMergeTree
ORDER BY (clinic, month, language, topic, intent, path, outcome, offered, source, suspect)
TTL month + INTERVAL 25 MONTH DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS lethe.to_hour TO lethe.turns_by_hour AS
SELECT
    clinic, hour, language, topic, intent, path, outcome, offered, source, suspect,
    toInt64(count()) AS turns,
    toInt64(countIf(first)) AS firsts,
    sumMap(map(latency, toInt64(1))) AS latency,
    sumMap(mapFromArrays(
        arrayMap(bit -> toUInt8(bit), bitPositionsToArray(redactions)),
        arrayMap(bit -> toInt64(1), bitPositionsToArray(redactions)))) AS redactions
FROM lethe.turn_facts
GROUP BY clinic, hour, language, topic, intent, path, outcome, offered, source, suspect;

CREATE MATERIALIZED VIEW IF NOT EXISTS lethe.to_day TO lethe.turns_by_day AS
SELECT
    clinic, toDate(hour, 'UTC') AS day, language, topic, intent, path, outcome, offered, source, suspect,
    sum(turns) AS turns,
    sum(firsts) AS firsts,
    sumMap(latency) AS latency,
    sumMap(redactions) AS redactions
FROM lethe.turns_by_hour
GROUP BY clinic, day, language, topic, intent, path, outcome, offered, source, suspect;

CREATE MATERIALIZED VIEW IF NOT EXISTS lethe.to_month TO lethe.turns_by_month AS
SELECT
    clinic, toStartOfMonth(day) AS month, language, topic, intent, path, outcome, offered, source, suspect,
    sum(turns) AS turns,
    sum(firsts) AS firsts,
    sumMap(latency) AS latency,
    sumMap(redactions) AS redactions
FROM lethe.turns_by_day
GROUP BY clinic, month, language, topic, intent, path, outcome, offered, source, suspect;
