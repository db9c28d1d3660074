-- Published turns of a clinic.

SELECT sum(turns) AS turns, sum(firsts) AS firsts, min(since) AS since
FROM lethe.released
WHERE clinic = {clinic:String}
    AND source = {source:String}
    AND tree = {tree:String}
    AND day BETWEEN {first:Date} AND {last:Date}
    AND ({ending:String} = '' OR ending = {ending:String})
    AND ({topic:String} = '' OR topic = {topic:String})
    AND ({intent:String} = '' OR intent = {intent:String})
