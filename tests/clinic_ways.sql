-- Ways to another clinic's figures, for a clinic's own database user (integration/test_clinic_sql_isolation.py):
-- a name, then a statement. `released` is the clinic's own view; lumiere asks, noord is the other.

-- all rows
SELECT * FROM released ORDER BY ALL;

-- counting
SELECT count(), uniq(clinic), min(day), max(day), sum(turns) FROM released;

-- the smallest and the largest
SELECT min(topic), max(topic), min(clinic), max(clinic) FROM released;

-- asking for the other
SELECT count() FROM released WHERE clinic = 'noord';

-- asking for all but mine
SELECT * FROM released WHERE clinic != 'lumiere';

-- where figures end
SELECT * FROM released_until;

-- a join
SELECT count() FROM released AS a JOIN released AS b ON a.day = b.day AND a.clinic != b.clinic;

-- a join on what the other has
SELECT a.clinic FROM (SELECT 'noord' AS clinic) AS a JOIN released AS b USING (clinic);

-- a subquery
SELECT clinic FROM released WHERE topic IN (SELECT topic FROM released WHERE turns > 9000);

-- a union with the table
SELECT clinic FROM released UNION ALL SELECT clinic FROM lethe.released;

-- the table
SELECT count() FROM lethe.released;

-- the other table
SELECT count() FROM lethe.released_until;

-- raw facts
SELECT count() FROM lethe.turn_facts;

-- hours
SELECT count() FROM lethe.turns_by_hour;

-- days
SELECT count() FROM lethe.turns_by_day;

-- months
SELECT count() FROM lethe.turns_by_month;

-- live turns
SELECT count() FROM lethe.own_turns;

-- the position
SELECT max(seq) FROM lethe.sink_offset;

-- checksums
SELECT checksum FROM lethe.migrations;

-- whether the other is there
EXISTS TABLE lethe_noord.released;

-- the other's database
USE lethe_noord;

-- databases
SHOW DATABASES;

-- database rows
SELECT name FROM system.databases ORDER BY name;

-- tables
SELECT database, name, total_rows, total_bytes FROM system.tables WHERE database != 'system' ORDER BY ALL;

-- columns
SELECT table, name, data_compressed_bytes, marks_bytes FROM system.columns WHERE database != 'system';

-- tables by another name
SELECT table_name, table_rows, data_length FROM information_schema.tables ORDER BY ALL;

-- parts
SELECT partition, rows FROM system.parts;

-- parts' columns
SELECT partition, rows, column FROM system.parts_columns;

-- who asks what
SELECT query FROM system.processes;

-- what was asked
SELECT query FROM system.query_log;

-- metrics
SELECT * FROM system.asynchronous_metrics;

-- events
SELECT * FROM system.events;

-- errors
SELECT last_error_message FROM system.errors;

-- users
SHOW USERS;

-- policies
SHOW ROW POLICIES;

-- a user
SHOW CREATE USER lethe_clinic_noord;

-- another's grants
SHOW GRANTS FOR lethe_scope_lumiere;

-- quotas of others
SELECT * FROM system.quotas_usage;

-- my quota
SELECT quota_name, quota_key FROM system.quota_usage;

-- a merge of tables
SELECT count() FROM merge('lethe', '.*');

-- a merge of databases
SELECT clinic, count() FROM merge(REGEXP('lethe.*'), 'released') GROUP BY clinic;

-- this server from outside
SELECT count() FROM remote('127.0.0.1', lethe.released);

-- the same by TLS
SELECT count() FROM remoteSecure('127.0.0.1', lethe.released);

-- a cluster
SELECT count() FROM cluster('default', lethe.released);

-- all replicas
SELECT count() FROM clusterAllReplicas('default', lethe.released);

-- the index of the table
SELECT * FROM mergeTreeIndex('lethe', 'released', with_marks = true, with_minmax = true);

-- the index of the view
SELECT * FROM mergeTreeIndex('lethe_lumiere', 'released');

-- what the index would choose
SELECT * FROM mergeTreeAnalyzeIndexes('lethe', 'released');

-- a projection
SELECT * FROM mergeTreeProjection('lethe', 'released', 'p');

-- an index of texts
SELECT * FROM mergeTreeTextIndex('lethe', 'released', 'i');

-- a loop
SELECT * FROM loop('lethe', 'released') LIMIT 100;

-- a view in passing
SELECT count() FROM view(SELECT clinic FROM lethe.released);

-- a view if permitted
SELECT * FROM viewIfPermitted(SELECT clinic FROM lethe.released ELSE null('clinic String'));

-- an explanation as a table
SELECT * FROM viewExplain('EXPLAIN', 'indexes = 1', (SELECT clinic FROM lethe.released));

-- a statement in a text
SELECT * FROM eval('SELECT clinic FROM lethe.released');

-- a dictionary
SELECT dictGet('lethe.released', 'turns', 'noord');

-- a dictionary as a table
SELECT * FROM dictionary('lethe.released');

-- a join table
SELECT joinGet('lethe.released', 'turns', 'noord');

-- whether a column is there
SELECT hasColumnInTable('lethe', 'released', 'clinic');

-- a passing table
CREATE TEMPORARY TABLE mine AS SELECT * FROM lethe.released;

-- a table
CREATE TABLE lethe_lumiere.mine ENGINE = Memory AS SELECT * FROM lethe.released;

-- a view of my own
CREATE VIEW lethe_lumiere.mine AS SELECT * FROM lethe.released;

-- an insert
INSERT INTO released (clinic) VALUES ('lumiere');

-- what would be read
EXPLAIN ESTIMATE SELECT clinic FROM released;

-- what would be read of the other
EXPLAIN ESTIMATE SELECT clinic FROM released WHERE clinic = 'noord';

-- the plan
EXPLAIN PLAN SELECT clinic FROM released WHERE turns > 9000;

-- the pipeline
EXPLAIN PIPELINE SELECT clinic FROM released WHERE day > '2031-01-01';

-- the tree
EXPLAIN QUERY TREE SELECT clinic FROM released;

-- a fault for another's row
SELECT count() FROM released WHERE throwIf(clinic != 'lumiere') = 0;

-- a fault for another's value
SELECT count() FROM released WHERE throwIf(turns > 9000) = 0;

-- a fault in what is selected
SELECT sum(throwIf(topic = 'thread_lift')) FROM released;

-- a fault in the order
SELECT * FROM released ORDER BY throwIf(turns > 9000), day LIMIT 1;

-- a fault in a join
SELECT count() FROM released AS a JOIN released AS b ON throwIf(a.turns > 9000) = b.weekday;

-- a division by another's value
SELECT count() FROM released WHERE intDiv(1, turns - 9001) = 0;

-- a cast of another's value
SELECT count() FROM released WHERE toUInt8(topic = 'thread_lift' ? 'x' : '1') = 1;

-- limit by
SELECT clinic FROM released LIMIT 1 BY clinic;

-- totals
SELECT clinic, count() FROM released GROUP BY clinic WITH TOTALS;

-- a cube
SELECT clinic, topic, count() FROM released GROUP BY CUBE (clinic, topic) ORDER BY ALL;

-- a window
SELECT DISTINCT count() OVER () FROM released;

-- a sample
SELECT count() FROM released SAMPLE 1 / 10;

-- final
SELECT count() FROM released FINAL;

-- prewhere
SELECT count() FROM released PREWHERE turns > 9000;

-- where a row lies
SELECT _part, _part_offset FROM released;

-- how well a column packs
SELECT estimateCompressionRatio(topic) FROM released;

-- a file
SELECT * FROM file('x.csv', 'CSV', 'a String');

-- an address
SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String');

-- another database
SELECT * FROM mysql('127.0.0.1:1', 'd', 't', 'u', 'p');

-- a program
SELECT * FROM executable('x.sh', 'TSV', 'a String');

-- all roles
SET ROLE ALL;

-- being another
EXECUTE AS lethe_scope_noord SELECT count() FROM lethe.released;

-- ending others' queries
KILL QUERY WHERE 1;
