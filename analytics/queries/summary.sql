-- Published turns of a clinic: all, by how they ended, by how they were answered. What looked automated, and the total
-- that it is a share of, whatever the filters.

SELECT toString(tree) AS of, if(tree = 'how', toString(how), toString(ending)) AS key,
    sum(turns) AS turns, sum(firsts) AS firsts, min(since) AS since
FROM lethe.released
WHERE clinic = {clinic:String}
    AND source = {source:String}
    AND day BETWEEN {first:Date} AND {last:Date}
    AND (tree IN ('total', 'left_out') OR (
        tree IN ({tree:String}, {by_ending:String}, 'how')
        AND ({ending:String} = '' OR ending = {ending:String})
        AND ({topic:String} = '' OR topic = {topic:String})
        AND ({intent:String} = '' OR intent = {intent:String})))
GROUP BY of, key
ORDER BY turns DESC, key
