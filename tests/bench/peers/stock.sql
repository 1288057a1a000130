-- SPDX-License-Identifier: GPL-2.0-or-later
-- The schema for Kamailio's own tables, of the stock configuration (s). rig/cluster.py then creates them, as its role (see
-- script.sql), with the packaged scripts. The schema has the role's name, so PostgreSQL finds it without a search_path.
CREATE SCHEMA bench_stock AUTHORIZATION bench_stock;
SET ROLE bench_stock;
