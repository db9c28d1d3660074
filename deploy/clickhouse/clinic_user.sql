-- Direct SQL for clinic $clinic on a server with SQL access control: to be run once, by a user who may make users.
-- The same as clinic_user.xml and the profile and quota of users.xml; the views of clinic_views.sql come after it.

CREATE SETTINGS PROFILE IF NOT EXISTS lethe_clinic_sql SETTINGS
    readonly = 1,
    max_memory_usage = 500000000,
    max_threads = 2,
    max_execution_time = 10 MIN 1 MAX 120 CHANGEABLE_IN_READONLY,
    max_result_rows = 1048576 MIN 1 MAX 1048576 CHANGEABLE_IN_READONLY,
    max_concurrent_queries_for_user = 20,
    result_overflow_mode CHANGEABLE_IN_READONLY,
    session_timezone CHANGEABLE_IN_READONLY,
    select_sequential_consistency CHANGEABLE_IN_READONLY;

-- No network may use it: it is there for the views, which read as it.
CREATE USER IF NOT EXISTS `lethe_scope_$clinic`
    IDENTIFIED WITH sha256_hash BY '0000000000000000000000000000000000000000000000000000000000000000'
    HOST NONE
    SETTINGS PROFILE lethe_clinic_sql;

CREATE USER IF NOT EXISTS `lethe_clinic_$clinic`
    IDENTIFIED WITH sha256_hash BY '$sha256'
    HOST ANY
    DEFAULT DATABASE `lethe_$clinic`
    SETTINGS PROFILE lethe_clinic_sql;

CREATE QUOTA IF NOT EXISTS `lethe_clinic_$clinic` KEYED BY user_name
    FOR INTERVAL 1 minute MAX queries = 300, errors = 60, execution_time = 60,
    FOR INTERVAL 1 day MAX queries = 50000, execution_time = 3600
    TO `lethe_clinic_$clinic`;

-- A table with a policy can hide its rows from everybody who has none
-- (users_without_row_policies_can_read_rows = false): so Lethe's own users are given one that hides nothing.
CREATE ROW POLICY IF NOT EXISTS lethe_all ON lethe.released, lethe.released_until
    FOR SELECT USING 1 TO lethe_keeper, lethe_reader;

CREATE ROW POLICY IF NOT EXISTS `lethe_scope_$clinic` ON lethe.released, lethe.released_until
    FOR SELECT USING clinic = '$clinic' TO `lethe_scope_$clinic`;

GRANT SELECT ON lethe.released TO `lethe_scope_$clinic`;

GRANT SELECT ON lethe.released_until TO `lethe_scope_$clinic`;

GRANT SELECT ON `lethe_$clinic`.* TO `lethe_clinic_$clinic`;
