-- Published turns of a clinic by how they ended; and, as `all`, before they were split by it.

SELECT toString(ending) AS key, sum(turns) AS turns, sum(firsts) AS firsts, min(since) AS since
FROM lethe.released
WHERE clinic = {clinic:String}
    AND source = {source:String}
    AND tree IN ({tree:String}, {whole:String})
    AND day BETWEEN {first:Date} AND {last:Date}
    AND ({ending:String} = '' OR ending = {ending:String})
    AND ({topic:String} = '' OR topic = {topic:String})
    AND ({intent:String} = '' OR intent = {intent:String})
GROUP BY key
ORDER BY turns DESC, key
