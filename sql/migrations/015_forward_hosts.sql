-- SPDX-License-Identifier: GPL-2.0-or-later
-- Targets of kind forward whose address is a SIP URI go to its host, as all others do, so it may not be a forbidden one.
-- Until now routing_problem took them for calls to a gateway, and said nothing. And a device in a domain of another
-- account can't authenticate either: its row says so.

DO $$
DECLARE
  exempt constant text := $a$ AND p.kind <> 'forward'$a$;
  unreached constant text := 'who dials it there does not reach it.';
  function_name text;
  was text;
  new text;
BEGIN
  FOREACH function_name IN ARRAY '{ur_routing_problems(),ur_routing_problems(text)}'::text[] LOOP
    was := pg_get_functiondef(function_name::regprocedure);
    new := replace(was, exempt || ' AND ur_host_of', ' AND ur_host_of');
    new := replace(new, $a$'^sips?:'$a$ || exempt, $a$'^sips?:'$a$);
    IF length(was) - length(new) <> 2 * length(exempt) OR strpos(new, unreached) = 0 THEN
      RAISE EXCEPTION '% is not as the migrations before this one made it', function_name;
    END IF;
    EXECUTE replace(new, unreached, 'it cannot authenticate, and ' || unreached);
  END LOOP;
END
$$;

-- All kinds of problems.
COMMENT ON COLUMN routing_problem.problem IS
  'forward_loop: forwards lead back to where they began; told once for each loop, at the user with the lowest id, or at an extension if no user is in it. chain_too_long: forwards lead over more than 10 users and extensions; told at the first of them, or, if they form a loop, at the lowest id of it (in a long loop, of a part of it). missing_target: the target does not exist, belongs to another account, or has no URI. disabled_target: a user or extension that is disabled. forbidden_host: the target''s URI leads back to this server, or names a host that targets may not name (target_host). shared_template: the targets of a kind have the same URI in all accounts. only_hangs_up: no call to the user can be answered. no_device: a call to the user rings nothing, whether phones are registered or not. unverified_number: a number that will not be shown to the PSTN. foreign_realm: a device in another account''s domain. too_many_devices, too_many_domains: more than the module takes of one user or account.';
