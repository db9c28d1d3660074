-- What may be shown: blocks of at least k conversations each (analytics/release.py), written once when a day is
-- closed and never changed. The only tables that a reader or a clinic's own user has a grant on.
-- A partition a clinic: how much is read, which a clinic's own user is told with every answer, is then its own.

CREATE TABLE IF NOT EXISTS lethe.released (
    clinic LowCardinality(String),
    source Enum8('visitor' = 1, 'demo' = 2, 'cli' = 3, 'verify' = 4, 'load' = 5, 'seed' = 6),
    tree Enum8('total' = 1, 'ending' = 2, 'topic' = 3, 'intent' = 4, 'how' = 5, 'language' = 6, 'hour' = 7,
        'left_out' = 8),
    since Date,
    day Date,
    ending Enum8('all' = 0, 'answered' = 1, 'not_offered' = 2, 'handed_over' = 3, 'unanswered' = 4, 'refused' = 5,
        'emergency' = 6, 'abandoned' = 7, 'rest' = 100),
    topic LowCardinality(String),
    intent Enum8('all' = 0, 'offer' = 1, 'price' = 2, 'hours' = 3, 'location' = 4, 'booking' = 5, 'contact' = 6, 'payment' = 7,
        'practitioner' = 8, 'duration' = 9, 'aftercare' = 10, 'preparation' = 11, 'downtime' = 12, 'pain' = 13,
        'risks' = 14, 'results' = 15, 'candidacy' = 16, 'comparison' = 17, 'consultation' = 18, 'promotions' = 19,
        'cancellation' = 20, 'language' = 21, 'parking' = 22, 'smalltalk' = 23, 'complaint' = 24, 'privacy' = 25,
        'human_handover' = 26, 'medical_advice' = 27, 'emergency' = 28, 'injection' = 29, 'other' = 30, 'rest' = 100),
    how Enum8('all' = 0, 'without_ai' = 1, 'with_ai' = 2, 'rest' = 100),
    language Enum8('all' = 0, 'en' = 1, 'fr' = 2, 'nl' = 3, 'de' = 4, 'other' = 5, 'rest' = 100),
    weekday UInt8,
    hour UInt8,
    until UInt8,
    turns UInt32,
    firsts UInt32,
    CONSTRAINT clinic_form CHECK match(clinic, '^[a-z][a-z0-9-]{1,39}$'),
    CONSTRAINT topic_form CHECK match(topic, '^[a-z][a-z0-9_]{1,39}$'),
    CONSTRAINT hours_known CHECK weekday < 8 AND hour < 24 AND until < 25
)
ENGINE = MergeTree
PARTITION BY clinic
ORDER BY (clinic, source, tree, day, ending, topic, intent)
TTL day + INTERVAL 25 MONTH DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Until which of a clinic's own days figures are closed, since which turns were counted, and the fewest
-- conversations (k) behind a block of the current 12 weeks; epsilon is the budget of noise, 0 where there is none.
-- The latest row counts.
CREATE TABLE IF NOT EXISTS lethe.released_until (
    clinic LowCardinality(String),
    source Enum8('visitor' = 1, 'demo' = 2, 'cli' = 3, 'verify' = 4, 'load' = 5, 'seed' = 6),
    timezone LowCardinality(String),
    closed Date,
    first Date,
    k UInt8,
    epsilon Float32 DEFAULT 0,
    CONSTRAINT clinic_form CHECK match(clinic, '^[a-z][a-z0-9-]{1,39}$')
)
ENGINE = ReplacingMergeTree(closed)
PARTITION BY clinic
ORDER BY (clinic, source)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Counts as clinics read them: outcomes as endings, and how an answer came about.
CREATE VIEW IF NOT EXISTS lethe.turns_by_ending AS
SELECT
    clinic, source, hour, suspect, late, topic, intent, language,
    multiIf(outcome IN ('fallback', 'failed'), 'unanswered', toString(outcome)) AS ending,
    if(path = 'deterministic', 'without_ai', 'with_ai') AS how,
    turns, firsts
FROM lethe.turns_by_hour;

-- Turns that no visitor is behind, in the form of lethe.released but as they are: at once, small counts too.
CREATE VIEW IF NOT EXISTS lethe.own_turns AS
SELECT
    clinic, source,
    arrayJoin(if(suspect, ['left_out'], ['total', 'ending', 'topic', 'intent', 'how', 'language', 'hour'])) AS tree,
    toDate(turn.hour) AS since, toDate(turn.hour) AS day,
    if(tree IN ('ending', 'topic', 'intent', 'how'), turn.ending, 'all') AS ending,
    if(tree IN ('topic', 'intent'), turn.topic, 'all') AS topic,
    if(tree = 'intent', toString(turn.intent), 'all') AS intent,
    if(tree = 'how', turn.how, 'all') AS how,
    if(tree = 'language', toString(turn.language), 'all') AS language,
    if(tree = 'hour', toDayOfWeek(turn.hour), 0) AS weekday,
    if(tree = 'hour', toHour(turn.hour), 0) AS hour,
    if(tree = 'hour', toHour(turn.hour) + 1, 0) AS until,
    turns, firsts
FROM lethe.turns_by_ending AS turn
WHERE source IN ('cli', 'verify', 'load') AND (tree != 'how' OR turn.ending = 'answered');
