-- Anonymous events as they arrive: closed vocabularies and small numbers.
-- A value outside its vocabulary is refused by the column's type or by a constraint; which topics there are
-- is a constraint of its own (topic_known), restated at start-up from the table of treatments, so that the
-- table can grow without rewriting a row.
-- `stream` and `batch` say up to where the worker had read: every row of a batch carries the same two numbers,
-- so that they give no order within it (analytics/worker.py). No partitions: a batch must become one part.

CREATE DATABASE IF NOT EXISTS lethe;

CREATE TABLE IF NOT EXISTS lethe.turn_facts (
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
    redactions UInt16,
    latency UInt8,
    source Enum8('visitor' = 1, 'demo' = 2, 'cli' = 3, 'verify' = 4, 'load' = 5, 'seed' = 6),
    suspect Bool,
    first Bool,
    version UInt8,
    stream Int64,
    batch UInt64,
    CONSTRAINT clinic_form CHECK match(clinic, '^[a-z][a-z0-9-]{1,39}$'),
    CONSTRAINT topic_form CHECK match(topic, '^[a-z][a-z0-9_]{1,39}$'),
    CONSTRAINT hour_whole CHECK toUnixTimestamp(hour) % 3600 = 0,
    CONSTRAINT redactions_known CHECK redactions < 2048,
    CONSTRAINT latency_known CHECK latency < 10
)
ENGINE = MergeTree
ORDER BY (clinic, hour, topic, intent)
TTL hour + INTERVAL 90 DAY DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS lethe.consent_facts (
    clinic LowCardinality(String),
    day DateTime('UTC'),
    consent_version UInt16,
    choice Enum8('given' = 1, 'refused' = 2),
    version UInt8,
    stream Int64,
    batch UInt64,
    CONSTRAINT clinic_form CHECK match(clinic, '^[a-z][a-z0-9-]{1,39}$'),
    CONSTRAINT day_whole CHECK toUnixTimestamp(day) % 86400 = 0
)
ENGINE = MergeTree
ORDER BY (clinic, day)
TTL day + INTERVAL 25 MONTH DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
