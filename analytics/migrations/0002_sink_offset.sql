-- Up to where each incarnation of the stream (its creation time, in microseconds) has been stored.
-- Apart from the facts, which expire: this never does. Only the worker may read or write it.

CREATE TABLE IF NOT EXISTS lethe.sink_offset (
    stream Int64,
    seq UInt64
)
ENGINE = ReplacingMergeTree(seq)
ORDER BY stream
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
