-- The day on which counting began here: when the tables were made, which says nothing about visitors.

SELECT min(toDate(applied, 'UTC')) AS since
FROM lethe.migrations
