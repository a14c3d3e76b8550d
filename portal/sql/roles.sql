-- The three roles of Konter's database, and what each may do. Run as a superuser, connected to that
-- database, before the first migration; running it again changes nothing. It sets no passwords.
--
--   konter_owner  migrates, and owns every table and function; sees through row-level security because
--                 the look-ups it owns (SECURITY DEFINER) must find a row before its dealer is known
--   konter_app    serves: reads and writes rows under row-level security, creates nothing
--   konter_audit  reads everything, writes nothing
--
-- Migrations take away from konter_app what it must not do to single tables (ledger, audit, attempts).

DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['konter_owner', 'konter_app', 'konter_audit'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I', role);
        END IF;
    END LOOP;
END
$$;

ALTER ROLE konter_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS;
ALTER ROLE konter_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE konter_audit LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS;

-- For whoever connects without saying how long to wait; the application says it at every connection.
ALTER ROLE konter_app SET lock_timeout = '2s';
ALTER ROLE konter_app SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE konter_audit SET default_transaction_read_only = on;

DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I OWNER TO konter_owner', current_database());
    -- TEMPORARY too: a table of that name in pg_temp could stand in for a real one.
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO konter_app, konter_audit', current_database());
END
$$;

ALTER SCHEMA public OWNER TO konter_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO konter_app, konter_audit;

-- A function may be called by everybody unless this is taken back for the whole database.
ALTER DEFAULT PRIVILEGES FOR ROLE konter_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE konter_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO konter_app;
ALTER DEFAULT PRIVILEGES FOR ROLE konter_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO konter_app;
ALTER DEFAULT PRIVILEGES FOR ROLE konter_owner IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO konter_app;
ALTER DEFAULT PRIVILEGES FOR ROLE konter_owner IN SCHEMA public GRANT SELECT ON TABLES TO konter_audit;
ALTER DEFAULT PRIVILEGES FOR ROLE konter_owner IN SCHEMA public GRANT SELECT ON SEQUENCES TO konter_audit;
