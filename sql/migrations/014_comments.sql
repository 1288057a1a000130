-- SPDX-License-Identifier: GPL-2.0-or-later
-- Comments that had to be read twice.

COMMENT ON FUNCTION ur_is_host(text) IS
  'A host name, IPv4 address or bracketed IPv6 address in lower case. Hosts are compared as bytes, so each has one spelling.';
COMMENT ON FUNCTION ur_is_target_host(text) IS
  'As ur_is_host(), and an IPv6 address is shortened.';
COMMENT ON TABLE target_host IS
  'The hosts that route_target.address may name. The server''s operator writes it, never an account. Empty: all hosts but gateways, trunks, the media server and Kamailio itself.';

COMMENT ON COLUMN account.status IS 'active, or suspended: its users count as unknown.';
COMMENT ON COLUMN sip_user.status IS 'active, or disabled: the user counts as unknown.';
COMMENT ON COLUMN sip_user.voicemail_id IS
  'Id of the user''s voicemail box, a route target of kind voicemail. A call goes there when it would go to a forward that is not set. NULL: none.';
COMMENT ON COLUMN route_target_kind.uri_template IS
  'SIP URI of the targets whose address is no URI. {account} stands for the account''s id, {id} for the target''s (unique in the account only), {address} for the E.164 number in route_target.address. NULL: such targets have no URI. Always NULL for user, extension and hangup, which the module follows itself.';

COMMENT ON COLUMN mirror_meta.schema_version IS
  'Version of what the module reads: the mirror_* views and routing_problem_of(). It grows when they change.';
COMMENT ON COLUMN mirror_meta.compatible_from IS
  'The oldest version that a module must support to read them. It grows when they change so that older modules fail.';

COMMENT ON VIEW routing_problem IS
  'What is configured but cannot work, one row for each problem; no row: all is well. Reading it needs SELECT on the mirror_* views, too; of mirror_device on all columns but ha1, a credential.';
COMMENT ON FUNCTION routing_problem_of(text) IS
  'The rows of routing_problem of one account. It reads that account only. Calling it needs SELECT on the mirror_* views, as for routing_problem.';
COMMENT ON COLUMN routing_problem.account_id IS 'The account that has the problem. NULL: the operator has it, not an account.';
COMMENT ON COLUMN routing_problem.problem IS
  'forward_loop: forwards lead back to where they began; told once for each loop, at the user with the lowest id, or at an extension if no user is in it. chain_too_long: forwards lead over more than 10 users and extensions; told at the first of them, or, if they form a loop, at the lowest id of it (in a long loop, of a part of it). missing_target: the target does not exist, belongs to another account, or has no URI. disabled_target: a user or extension that is disabled. only_hangs_up: no call to the user can be answered. no_device: a call to the user rings nothing, whether phones are registered or not. unverified_number: a number that will not be shown to the PSTN. foreign_realm: a device in another account''s domain. too_many_devices, too_many_domains: more than the module takes of one user or account.';
COMMENT ON COLUMN routing_problem.object IS 'Table of the row to correct: account, sip_user, sip_device, extension or route_target_kind.';
COMMENT ON COLUMN routing_problem.field IS
  'Its column to correct; fwd_..._id and dest_id stand for the kind, too. NULL: there is more than one way.';

COMMENT ON FUNCTION ur_limit_user(text[], text[], text[]) IS
  'Refuses too many devices of a user, or too much text in them. Arguments: ids of the users that may have grown; of those with more devices than before; of those with longer ones.';
COMMENT ON FUNCTION ur_limit_account(text[], text[], text[]) IS
  'Refuses too many domains and verified numbers of an account, or too much text in them. Arguments: ids of the accounts that may have grown; of those with more than before; of those with longer ones.';

COMMENT ON FUNCTION ur_notify_max() IS
  'How many items a transaction may announce by name; with one more it announces resync. The module keeps as many at a time.';
COMMENT ON FUNCTION ur_notify(text[]) IS
  'Announces items. A transaction that has more than ur_notify_max() announces resync in their place, once: PostgreSQL drops equal payloads of a transaction.';
COMMENT ON FUNCTION ur_notify_watch(regclass, text, text, boolean) IS
  'Makes a table announce its changes. Arguments: the table; the item that names a row, an SQL expression; the columns whose change matters; each_row, for tables that logical replication fills or whose partitions are written directly.';
