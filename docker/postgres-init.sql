-- Runs once, when the database volume is empty. The passwords come from the container's environment.
\getenv owner_password COUNTERSIGN_OWNER_PASSWORD
\getenv app_password COUNTERSIGN_APP_PASSWORD

-- Owns the tables and runs the migrations.
CREATE ROLE countersign_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION
  PASSWORD :'owner_password';

-- The running server: owns nothing and is subject to row-level security.
CREATE ROLE countersign_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION
  PASSWORD :'app_password';

-- The server asks for these itself, but a pooler doesn't pass that on.
ALTER ROLE countersign_app SET statement_timeout = '15s';
ALTER ROLE countersign_app SET lock_timeout = '5s';
ALTER ROLE countersign_app SET idle_in_transaction_session_timeout = '15s';

CREATE DATABASE countersign OWNER countersign_owner;
REVOKE ALL ON DATABASE countersign FROM PUBLIC;
GRANT CONNECT ON DATABASE countersign TO countersign_app;
