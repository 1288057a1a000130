-- SPDX-License-Identifier: GPL-2.0-or-later
-- The role of the stock configuration (s), and the schema for Kamailio's own tables. rig/cluster.py then creates them,
-- as this role, with the packaged scripts. The schema has the role's name, so PostgreSQL finds it without a search_path.
CREATE ROLE bench_stock LOGIN PASSWORD :'password';
DO $$
BEGIN
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO bench_stock', current_database());
END
$$;
CREATE SCHEMA bench_stock AUTHORIZATION bench_stock;
SET ROLE bench_stock;
