-- What was released of a clinic's totals, topics, and topics that it does not offer, block by block.

SELECT since, day, toString(ending) AS ending, toString(topic) AS topic, sum(turns) AS turns
FROM lethe.released
WHERE clinic = {clinic:String}
    AND source = {source:String}
    AND day BETWEEN {first:Date} AND {last:Date}
    AND tree IN ('total', 'topic')
    AND topic != 'rest'
GROUP BY since, day, ending, topic
ORDER BY day, since, ending, topic
