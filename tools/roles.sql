-- The roles of the database, made once by a superuser of the server (psql, connected to the site's database).
--
-- owner   owns the database and its tables, and runs migrations; nothing else uses it
-- app     what the site runs as: it reads and writes rows, owns nothing, and can neither empty tables nor change them
--
-- Passwords come from the environment (OWNER_PASSWORD, APP_PASSWORD), where connections ask for any.
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
CREATE ROLE owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE ROLE app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
\if :{?owner_password}
ALTER ROLE owner PASSWORD :'owner_password';
\endif
\if :{?app_password}
ALTER ROLE app PASSWORD :'app_password';
\endif
ALTER DATABASE :"DBNAME" OWNER TO owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO owner;
GRANT USAGE ON SCHEMA public TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO app;
