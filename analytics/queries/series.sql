-- Published turns of a clinic by the time that they were gathered in.

SELECT since, day, sum(turns) AS turns, sum(firsts) AS firsts
FROM lethe.released
WHERE clinic = {clinic:String}
    AND source = {source:String}
    AND tree = {tree:String}
    AND day BETWEEN {first:Date} AND {last:Date}
    AND ({ending:String} = '' OR ending = {ending:String})
    AND ({topic:String} = '' OR topic = {topic:String})
    AND ({intent:String} = '' OR intent = {intent:String})
GROUP BY since, day
ORDER BY day, since
