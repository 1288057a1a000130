-- SPDX-License-Identifier: GPL-2.0-or-later
-- The problems of one account, for what that account costs:  SELECT * FROM routing_problem_of('acc_acme');
-- They are the account's rows of routing_problem, which looks at all accounts, whatever is asked of it.

-- The same queries, in which the mirror_* views are only what concerns the account: its rows, and of other accounts the
-- users, extensions and domains that it points to. Each is found by an index; so the tables may be of any size.
DO $$
DECLARE
  concerned constant text := $prologue$
mirror_account AS (
  SELECT id, status, default_cid_number FROM public.mirror_account WHERE id = of_account
),
own_user AS (
  SELECT * FROM public.mirror_user WHERE account_id = of_account
),
own_extension AS (
  SELECT * FROM public.mirror_extension WHERE account_id = of_account
),
pointed_to AS (
  SELECT p.kind, p.id FROM own_user CROSS JOIN LATERAL
    (VALUES (fwd_always_kind, fwd_always_id), (fwd_busy_kind, fwd_busy_id), (fwd_noanswer_kind, fwd_noanswer_id)) AS p (kind, id)
  UNION
  SELECT dest_kind, dest_id FROM own_extension
),
mirror_user AS (
  SELECT * FROM own_user
  UNION ALL
  SELECT * FROM public.mirror_user
  WHERE id = ANY (ARRAY(SELECT id FROM pointed_to WHERE kind = 'user')) AND account_id IS DISTINCT FROM of_account
),
mirror_extension AS (
  SELECT * FROM own_extension
  UNION ALL
  SELECT * FROM public.mirror_extension
  WHERE id = ANY (ARRAY(SELECT id FROM pointed_to WHERE kind = 'extension')) AND account_id IS DISTINCT FROM of_account
),
mirror_device AS (
  SELECT id, user_id, auth_username, realm, ring_on_fork, ring_specific, available, status FROM public.mirror_device
  WHERE user_id = ANY (ARRAY(SELECT id FROM own_user))
),
mirror_route_target AS (
  SELECT account_id, kind, id, address FROM public.mirror_route_target WHERE account_id = of_account
),
mirror_domain AS (
  SELECT domain, account_id FROM public.mirror_domain WHERE account_id = of_account
  UNION ALL
  SELECT domain, account_id FROM public.mirror_domain
  WHERE domain = ANY (ARRAY(SELECT realm FROM mirror_device UNION SELECT ur_host_of(address) FROM mirror_route_target))
    AND account_id IS DISTINCT FROM of_account
),
mirror_cid_number AS (
  SELECT account_id, e164, verified FROM public.mirror_cid_number WHERE account_id = of_account
)$prologue$;
  function_name text;
  was text;
  new text;
BEGIN
  FOREACH function_name IN ARRAY '{ur_routing_problems,ur_counted_problems}'::text[] LOOP
    was := pg_get_functiondef((function_name || '()')::regprocedure);
    new := replace(was, function_name || '()', function_name || '(of_account text)');
    new := replace(new, E'\nAS $function$', E'\n SET enable_seqscan TO ''off''\nAS $function$');
    IF strpos(new, E'$function$\nWITH RECURSIVE\n') > 0 THEN
      new := replace(new, E'$function$\nWITH RECURSIVE\n', E'$function$\nWITH RECURSIVE\n' || concerned || ',');
    ELSE
      new := replace(new, E'AS $function$\n', E'AS $function$\nWITH ' || concerned || E'\n');
    END IF;
    IF strpos(new, concerned) = 0 OR strpos(new, 'enable_seqscan') = 0 THEN
      RAISE EXCEPTION '%() is not as the migrations before this one made it', function_name;
    END IF;
    EXECUTE new;
    EXECUTE format('COMMENT ON FUNCTION %I(text) IS %L', function_name,
      obj_description((function_name || '()')::regprocedure, 'pg_proc') || ' Those of one account.');
  END LOOP;
END
$$;

CREATE FUNCTION routing_problem_of(of_account text) RETURNS SETOF routing_problem
LANGUAGE sql STABLE
AS $$
SELECT account_id, problem, object, object_id, field, sentence FROM public.ur_routing_problems(of_account)
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM public.ur_counted_problems(of_account)
ORDER BY 1, 2, 3, 4, 5, 6
$$;
COMMENT ON FUNCTION routing_problem_of(text) IS
  'The rows of routing_problem of one account, at the cost of that account. Who calls it needs SELECT on the mirror_* views, as for routing_problem.';

-- For those who may read routing_problem.
REVOKE EXECUTE ON FUNCTION routing_problem_of(text) FROM PUBLIC;
DO $$
DECLARE
  reader text;
BEGIN
  FOR reader IN
    SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
    FROM pg_class, aclexplode(relacl)
    WHERE oid = 'routing_problem'::regclass AND privilege_type = 'SELECT' AND grantee <> relowner
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION routing_problem_of(text) TO %s', reader);
  END LOOP;
END
$$;

-- The module asks it. Older modules find all that they know.
CREATE OR REPLACE VIEW mirror_meta AS
SELECT 3 AS schema_version, 2 AS compatible_from;
COMMENT ON COLUMN mirror_meta.schema_version IS
  'Version of what the module reads, the mirror_* views and routing_problem_of(): grows when a module needs more.';
