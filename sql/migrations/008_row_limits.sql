-- SPDX-License-Identifier: GPL-2.0-or-later
-- What does not fit into one record of the module is refused when it is written (mirror/store/record.h):
--   a user      200 devices, and 50,000 bytes in their id, auth_username and realm
--   an account  1,000 domains and verified numbers, and 50,000 bytes in them
-- A record has 65,535 bytes. What is left is for the user's or account's own columns, and for new ones.
--
-- A statement is refused if a user or account has more after it than before, and more than that. So one that is too
-- full already can be changed and emptied. Only users and accounts that the statement adds to are counted, by an index:
-- a load of 100,000 devices takes a seventh longer, an INSERT of one device half as long again.
--
-- From half of the limit on, transactions that add to the same user or account wait for each other. Those of REPEATABLE
-- READ do not see what they waited for: two of them together may exceed the limit. So may triggers that are off.
-- The module then leaves out what does not fit, and routing_problem tells it.

CREATE FUNCTION ur_limit_user(grown text[], more text[], longer text[]) RETURNS void
LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan -- A plan that is kept, and good for a load as well as for a row after it.
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
DECLARE
  filling text[];
  what record;
BEGIN
  filling := ARRAY(
    SELECT added.user_id FROM unnest(grown) AS added (user_id)
    CROSS JOIN LATERAL (SELECT count(*) AS count, sum(octet_length(id || auth_username || realm)) AS bytes
                        FROM public.sip_device AS d WHERE d.user_id = added.user_id) AS has
    WHERE has.count > 100 OR has.bytes > 25000);
  IF filling = '{}' THEN
    RETURN;
  END IF;
  PERFORM FROM public.sip_user WHERE id = ANY (filling) ORDER BY id FOR NO KEY UPDATE;
  FOR what IN
    SELECT user_id, count(*) AS count, sum(octet_length(id || auth_username || realm)) AS bytes
    FROM public.sip_device WHERE user_id = ANY (filling) GROUP BY user_id ORDER BY user_id
  LOOP
    IF what.count > 200 AND what.user_id = ANY (more) THEN
      RAISE EXCEPTION 'user "%" would have % devices: 200 is the most', what.user_id, what.count
        USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'sip_device', CONSTRAINT = 'sip_device_200_per_user',
              HINT = 'Delete devices of the user that are not used any more, or give the new one to another user.';
    ELSIF what.bytes > 50000 AND what.user_id = ANY (longer) THEN
      RAISE EXCEPTION 'the devices of user "%" would have % bytes in id, auth_username and realm: 50,000 is the most', what.user_id, what.bytes
        USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'sip_device', CONSTRAINT = 'sip_device_50000_bytes_per_user',
              HINT = 'Choose shorter ones, or delete devices of the user that are not used any more.';
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION ur_limit_user(text[], text[], text[]) IS
  'Refuses devices that are too many for their user: of users that have grown, of which some have more devices than before, some longer ones.';

CREATE FUNCTION ur_limit_account(grown text[], more text[], longer text[]) RETURNS void
LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
DECLARE
  filling text[];
  what record;
BEGIN
  filling := ARRAY(
    SELECT added.account_id FROM unnest(grown) AS added (account_id)
    CROSS JOIN LATERAL (SELECT count(*) AS count, sum(octet_length(domain)) AS bytes
                        FROM public.sip_domain AS d WHERE d.account_id = added.account_id) AS domains
    CROSS JOIN LATERAL (SELECT count(*) AS count, sum(octet_length(e164)) AS bytes
                        FROM public.cid_number AS n WHERE n.account_id = added.account_id AND verified = 1) AS numbers
    WHERE domains.count + numbers.count > 500 OR coalesce(domains.bytes, 0) + coalesce(numbers.bytes, 0) > 25000);
  IF filling = '{}' THEN
    RETURN;
  END IF;
  PERFORM FROM public.account WHERE id = ANY (filling) ORDER BY id FOR NO KEY UPDATE;
  FOR what IN
    SELECT account_id, count(*) AS count, sum(octet_length(content)) AS bytes
    FROM (SELECT account_id, domain AS content FROM public.sip_domain WHERE account_id = ANY (filling) UNION ALL
          SELECT account_id, e164 FROM public.cid_number WHERE account_id = ANY (filling) AND verified = 1) AS texts
    GROUP BY account_id ORDER BY account_id
  LOOP
    IF what.count > 1000 AND what.account_id = ANY (more) THEN
      RAISE EXCEPTION 'account "%" would have % domains and verified numbers: 1,000 is the most', what.account_id, what.count
        USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'account', CONSTRAINT = 'account_1000_domains_and_numbers',
              HINT = 'Delete some that are not used any more, or divide the account.';
    ELSIF what.bytes > 50000 AND what.account_id = ANY (longer) THEN
      RAISE EXCEPTION 'the domains and verified numbers of account "%" would have % bytes: 50,000 is the most', what.account_id, what.bytes
        USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'account', CONSTRAINT = 'account_50000_bytes_of_domains_and_numbers',
              HINT = 'Choose shorter domains, or delete some that are not used any more.';
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION ur_limit_account(text[], text[], text[]) IS
  'Refuses domains and verified numbers that are too many for their account: of accounts that have grown, of which some have more than before, some longer ones.';

-- Makes a table's INSERT and UPDATE be counted. The triggers have their owner's rights: who writes a device needs no
-- right to read or lock users.
CREATE FUNCTION ur_limit_watch(limited regclass, owner text, content text, condition text, counter text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  tab text := (SELECT relname FROM pg_class WHERE oid = limited);
BEGIN
  EXECUTE format($f$
    CREATE FUNCTION public.%1$I() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $body$
    DECLARE
      grown text[];
      more text[];
      longer text[];
    BEGIN
      IF TG_OP = 'INSERT' THEN
        grown := ARRAY(SELECT DISTINCT %2$I FROM new_rows WHERE %4$s);
        more := grown;
        longer := grown;
      ELSE
        SELECT array_agg(owner), array_agg(owner) FILTER (WHERE count > 0), array_agg(owner) FILTER (WHERE bytes > 0)
        INTO grown, more, longer
        FROM (SELECT owner, sum(sign) AS count, sum(sign * bytes) AS bytes
              FROM (SELECT %2$I AS owner, 1 AS sign, octet_length(%3$s) AS bytes FROM new_rows WHERE %4$s UNION ALL
                    SELECT %2$I, -1, octet_length(%3$s) FROM old_rows WHERE %4$s) AS counted
              GROUP BY owner) AS changed
        WHERE count > 0 OR bytes > 0;
      END IF;
      IF grown <> '{}' THEN
        PERFORM public.%5$I(grown, more, longer);
      END IF;
      RETURN NULL;
    END
    $body$
  $f$, 'ur_limit_' || tab, owner, content, condition, counter);
  EXECUTE format('REVOKE EXECUTE ON FUNCTION public.%I() FROM PUBLIC', 'ur_limit_' || tab);
  EXECUTE format('CREATE TRIGGER %I AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.%I()',
    tab || '_limit_insert', limited, 'ur_limit_' || tab);
  EXECUTE format('CREATE TRIGGER %I AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.%I()',
    tab || '_limit_update', limited, 'ur_limit_' || tab);
END
$$;

SELECT ur_limit_watch('sip_device', 'user_id', 'id || auth_username || realm', 'true', 'ur_limit_user');
SELECT ur_limit_watch('sip_domain', 'account_id', 'domain', 'true', 'ur_limit_account');
SELECT ur_limit_watch('cid_number', 'account_id', 'e164', 'verified = 1', 'ur_limit_account');
DROP FUNCTION ur_limit_watch;

-- Where rows are too many all the same: numbers that are not verified are not read, and the rest works on.
CREATE OR REPLACE FUNCTION ur_counted_problems()
RETURNS TABLE (account_id text, problem text, object text, object_id text, field text, sentence text)
LANGUAGE sql STABLE
SET jit = off
SET enable_bitmapscan = off
SET enable_nestloop = off
SET enable_mergejoin = off
SET search_path = public, pg_temp
AS $$
SELECT u.account_id, 'too_many_devices', 'sip_user', u.id, NULL,
       concat('User ', u.username, ' (' || nullif(u.display_name, '') || ')', ' has ', d.count, ' devices, and 200 is the most:',
         ' those after the first 200, by ring_order and id, neither register nor ring. Take some away.')
FROM (SELECT user_id, count(*) AS count FROM mirror_device GROUP BY user_id HAVING count(*) > 200) AS d
JOIN mirror_user u ON u.id = d.user_id AND u.status = 'active'
JOIN mirror_account a ON a.id = u.account_id AND a.status = 'active'

UNION ALL
SELECT a.id, 'too_many_domains', 'account', a.id, NULL,
       concat('The account has ', t.count, ' domains and verified numbers, and 1,000 is the most:',
         ' after the first 1,000, domains first, a domain is unknown and a number is not shown to the PSTN. Take some away.')
FROM (
  SELECT account_id, count(*) AS count
  FROM (SELECT account_id FROM mirror_domain UNION ALL SELECT account_id FROM mirror_cid_number WHERE verified = 1) AS all_of_them
  GROUP BY account_id HAVING count(*) > 1000
) AS t
JOIN mirror_account a ON a.id = t.account_id AND a.status = 'active'

UNION ALL
-- It has no account: it is the operator's.
SELECT NULL, 'shared_template', 'route_target_kind', kind, 'uri_template',
       concat('Targets of kind ', kind, ' have the same URI in all accounts, as {account} is not in its template: one account',
         ' reaches those of another. Write {account}~{id} in place of {id}, and have the media server know them by both.')
FROM mirror_route_target_kind
WHERE strpos(uri_template, '{id}') > 0 AND strpos(uri_template, '{account}') = 0
  AND (SELECT count(*) FROM (SELECT FROM mirror_account WHERE status = 'active' LIMIT 2) AS two) = 2
$$;
