-- Runs once, when the database volume is empty. The passwords come from the container's environment.
\getenv owner_password COUNTERSIGN_OWNER_PASSWORD
\getenv app_password COUNTERSIGN_APP_PASSWORD

-- Owns the tables and runs the migrations.
CREATE ROLE countersign_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION
  PASSWORD :'owner_password';

-- The running server: owns nothing and is subject to row-level security.
CREATE ROLE countersign_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION
  PASSWORD :'app_password';

CREATE DATABASE countersign OWNER countersign_owner;
REVOKE ALL ON DATABASE countersign FROM PUBLIC;
GRANT CONNECT ON DATABASE countersign TO countersign_app;
