-- Workers in the order in which they took over, and the name under which each may write to a server until the next
-- one does (analytics/succession.py). Only the worker may read or write it.

CREATE TABLE IF NOT EXISTS lethe.workers (
    number UInt64,
    session String
)
ENGINE = MergeTree
ORDER BY number
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
