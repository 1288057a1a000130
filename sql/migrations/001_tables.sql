-- SPDX-License-Identifier: GPL-2.0-or-later
-- The tables an application writes: accounts, domains, users, devices, extensions, route targets, numbers.
-- Every rule about a value is a constraint here, so that a bad row is refused when it is written; the
-- constraint's name says what is wrong.

-- ---------------------------------------------------------------------------------------------------------
-- What values look like. Character ranges are spelled out, as [[:space:]] and the like depend on the
-- database's locale and a dump must restore under any other.

CREATE FUNCTION ur_new_id(prefix text) RETURNS text
LANGUAGE sql VOLATILE
RETURN prefix || right(replace(gen_random_uuid()::text, '-', ''), 16);
COMMENT ON FUNCTION ur_new_id(text) IS 'A new id: the prefix and 16 random hexadecimal digits.';

CREATE FUNCTION ur_is_id(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value ~ '^[A-Za-z0-9_.:-]{1,64}$';
COMMENT ON FUNCTION ur_is_id(text) IS
  'An id that may stand unescaped in notifications, logs and URIs.';

CREATE FUNCTION ur_is_label(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN char_length(value) <= 128 AND value !~ '[\u0001-\u001f\u007f]';
COMMENT ON FUNCTION ur_is_label(text) IS
  'Text for people, at most 128 characters; no control characters, which would end a SIP header.';

CREATE FUNCTION ur_is_host(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN char_length(value) <= 253
  AND (value ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$'
    OR value ~ '^\[[0-9a-f:.]+\]$');
COMMENT ON FUNCTION ur_is_host(text) IS
  'A host name, IPv4 address or bracketed IPv6 address in lower case: hosts compare without case, and one spelling makes them comparable as bytes.';

CREATE FUNCTION ur_is_sip_user(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value ~ '^[A-Za-z0-9_.!~*()&=+$,;?/-]{1,64}$';
COMMENT ON FUNCTION ur_is_sip_user(text) IS
  'A user part that needs no escaping in a SIP URI (RFC 3261, 25.1, without the quote); 64 characters is what registrars store.';

CREATE FUNCTION ur_is_e164(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value ~ '^[1-9][0-9]{1,14}$';
COMMENT ON FUNCTION ur_is_e164(text) IS 'A number in E.164 form without the leading +.';

CREATE FUNCTION ur_is_sip_uri(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN char_length(value) <= 512
  AND value !~ '[^\u0021-\u007e]|[<>"\\{}]'
  AND value ~ '^[Ss][Ii][Pp][Ss]?:([^@]+@)?([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?([;?][^@]*)?$';
COMMENT ON FUNCTION ur_is_sip_uri(text) IS 'A SIP or SIPS URI, at most 512 characters, as it may stand between < and >.';

CREATE FUNCTION ur_is_target_id(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value ~ '^[^\u0001-\u0020\u007f]{1,128}$';
COMMENT ON FUNCTION ur_is_target_id(text) IS
  'The id of a route target, also of one outside this database: 1 to 128 characters, no blanks, no control characters.';

-- ---------------------------------------------------------------------------------------------------------
-- Kinds of route targets. A kind and an id together are a route target:
--   user       a sip_user.id             extension  an extension.id (one more hop)
--   hangup     the SIP status to end with, 400 to 699
--   any other  leaves the module for a URI: the route_target row's address, else the kind's template
-- A target need not exist: a call treats one that does not as unset. So ids of targets have no foreign key.

CREATE TABLE route_target_kind (
  kind         text CONSTRAINT route_target_kind_pkey PRIMARY KEY
               CONSTRAINT route_target_kind_kind_characters CHECK (kind ~ '^[a-z][a-z0-9_]{0,31}$'),
  uri_template text
               CONSTRAINT route_target_kind_uri_template_sip_uri CHECK
                 (ur_is_sip_uri(replace(replace(uri_template, '{id}', '1'), '{address}', '1'))),
  CONSTRAINT route_target_kind_uri_template_never_used CHECK
    (kind NOT IN ('user', 'extension', 'hangup') OR uri_template IS NULL)
);
COMMENT ON TABLE route_target_kind IS 'What a call can be sent to, and how the URI of such a target is made.';
COMMENT ON COLUMN route_target_kind.kind IS
  'Name of the kind: a lower-case letter, then lower-case letters, digits and _; at most 32.';
COMMENT ON COLUMN route_target_kind.uri_template IS
  'SIP URI of a target that has none of its own: {id} stands for the target''s id, {address} for the E.164 number in its route_target.address. NULL: a target without a URI of its own has none. Always NULL for user, extension and hangup, which the module follows itself.';

INSERT INTO route_target_kind (kind, uri_template) VALUES
  ('user',       NULL),
  ('extension',  NULL),
  ('hangup',     NULL),
  -- Hosts below .invalid never resolve: a deployment writes its own here.
  ('voicemail',  'sip:{id}@voicemail.invalid'),
  ('queue',      'sip:{id}@queue.invalid'),
  ('ring_group', 'sip:{id}@ring-group.invalid'),
  ('conference', 'sip:{id}@conference.invalid'),
  ('flow',       'sip:{id}@flow.invalid'),
  ('forward',    'sip:+{address}@pstn.invalid;user=phone');

-- ---------------------------------------------------------------------------------------------------------

CREATE TABLE account (
  id                 text DEFAULT ur_new_id('acc_') CONSTRAINT account_pkey PRIMARY KEY
                     CONSTRAINT account_id_characters CHECK (ur_is_id(id)),
  name               text NOT NULL DEFAULT ''
                     CONSTRAINT account_name_no_control_max_128 CHECK (ur_is_label(name)),
  status             text NOT NULL DEFAULT 'active'
                     CONSTRAINT account_status_active_suspended CHECK (status IN ('active', 'suspended')),
  default_cid_number text
                     CONSTRAINT account_default_cid_number_e164 CHECK (ur_is_e164(default_cid_number))
);
COMMENT ON TABLE account IS 'A tenant: the owner of domains, users, extensions, targets and numbers.';
COMMENT ON COLUMN account.id IS 'Id, 1 to 64 of A-Z a-z 0-9 _ . : -; made up (acc_...) when not given.';
COMMENT ON COLUMN account.name IS 'Name for people; no part in routing.';
COMMENT ON COLUMN account.status IS 'active, or suspended: its users are as unknown.';
COMMENT ON COLUMN account.default_cid_number IS
  'E.164 number without + that calls to the PSTN present when the user has none; used only while cid_number says that it is verified. NULL: none, such calls are anonymous.';

CREATE TABLE sip_domain (
  domain     text CONSTRAINT sip_domain_pkey PRIMARY KEY
             CONSTRAINT sip_domain_domain_lower_case_host CHECK (ur_is_host(domain)),
  account_id text NOT NULL
             CONSTRAINT sip_domain_account_id_fkey REFERENCES account (id) ON DELETE CASCADE
);
CREATE INDEX sip_domain_account_id_idx ON sip_domain (account_id);
COMMENT ON TABLE sip_domain IS 'The SIP domains of an account.';
COMMENT ON COLUMN sip_domain.domain IS 'Host part of the account''s addresses: host name or IP address, lower case.';
COMMENT ON COLUMN sip_domain.account_id IS 'The account whose users are reached under this domain.';

CREATE TABLE cid_number (
  account_id text NOT NULL
             CONSTRAINT cid_number_account_id_fkey REFERENCES account (id) ON DELETE CASCADE,
  e164       text NOT NULL
             CONSTRAINT cid_number_e164_e164 CHECK (ur_is_e164(e164)),
  verified   smallint NOT NULL DEFAULT 0
             CONSTRAINT cid_number_verified_0_or_1 CHECK (verified IN (0, 1)),
  CONSTRAINT cid_number_pkey PRIMARY KEY (account_id, e164)
);
COMMENT ON TABLE cid_number IS 'The external numbers that an account may present to the PSTN.';
COMMENT ON COLUMN cid_number.account_id IS 'The account.';
COMMENT ON COLUMN cid_number.e164 IS 'E.164 number without +.';
COMMENT ON COLUMN cid_number.verified IS
  '1: shown to be the account''s own. 0: never presented. Set by whoever checks that, never by the account.';

-- ---------------------------------------------------------------------------------------------------------

CREATE TABLE sip_user (
  id                 text DEFAULT ur_new_id('us_') CONSTRAINT sip_user_pkey PRIMARY KEY
                     CONSTRAINT sip_user_id_characters CHECK (ur_is_id(id)),
  account_id         text NOT NULL
                     CONSTRAINT sip_user_account_id_fkey REFERENCES account (id) ON DELETE CASCADE,
  username           text NOT NULL
                     CONSTRAINT sip_user_username_characters CHECK (ur_is_sip_user(username)),
  display_name       text NOT NULL DEFAULT ''
                     CONSTRAINT sip_user_display_name_no_control_max_128 CHECK (ur_is_label(display_name)),
  status             text NOT NULL DEFAULT 'active'
                     CONSTRAINT sip_user_status_active_disabled CHECK (status IN ('active', 'disabled')),
  ring_strategy      text NOT NULL DEFAULT 'simultaneous'
                     CONSTRAINT sip_user_ring_strategy_simultaneous_sequential_specific CHECK
                       (ring_strategy IN ('simultaneous', 'sequential', 'specific')),
  ring_timeout_sec   integer NOT NULL DEFAULT 25
                     CONSTRAINT sip_user_ring_timeout_sec_range CHECK (ring_timeout_sec BETWEEN 1 AND 600),
  dnd                smallint NOT NULL DEFAULT 0
                     CONSTRAINT sip_user_dnd_0_or_1 CHECK (dnd IN (0, 1)),
  fwd_always_kind    text
                     CONSTRAINT sip_user_fwd_always_kind_fkey REFERENCES route_target_kind (kind),
  fwd_always_id      text
                     CONSTRAINT sip_user_fwd_always_id_characters CHECK (ur_is_target_id(fwd_always_id)),
  fwd_busy_kind      text
                     CONSTRAINT sip_user_fwd_busy_kind_fkey REFERENCES route_target_kind (kind),
  fwd_busy_id        text
                     CONSTRAINT sip_user_fwd_busy_id_characters CHECK (ur_is_target_id(fwd_busy_id)),
  fwd_noanswer_kind  text
                     CONSTRAINT sip_user_fwd_noanswer_kind_fkey REFERENCES route_target_kind (kind),
  fwd_noanswer_id    text
                     CONSTRAINT sip_user_fwd_noanswer_id_characters CHECK (ur_is_target_id(fwd_noanswer_id)),
  voicemail_id       text
                     CONSTRAINT sip_user_voicemail_id_characters CHECK (ur_is_target_id(voicemail_id)),
  out_cid_number     text
                     CONSTRAINT sip_user_out_cid_number_e164 CHECK (ur_is_e164(out_cid_number)),
  out_cid_name       text
                     CONSTRAINT sip_user_out_cid_name_no_control_max_128 CHECK (ur_is_label(out_cid_name)),
  CONSTRAINT sip_user_username_unique_per_account UNIQUE (account_id, username),
  CONSTRAINT sip_user_fwd_always_kind_and_id_or_neither CHECK
    ((fwd_always_kind IS NULL) = (fwd_always_id IS NULL)),
  CONSTRAINT sip_user_fwd_busy_kind_and_id_or_neither CHECK
    ((fwd_busy_kind IS NULL) = (fwd_busy_id IS NULL)),
  CONSTRAINT sip_user_fwd_noanswer_kind_and_id_or_neither CHECK
    ((fwd_noanswer_kind IS NULL) = (fwd_noanswer_id IS NULL)),
  CONSTRAINT sip_user_fwd_always_hangup_400_to_699 CHECK
    (fwd_always_kind <> 'hangup' OR fwd_always_id ~ '^[456][0-9]{2}$'),
  CONSTRAINT sip_user_fwd_busy_hangup_400_to_699 CHECK
    (fwd_busy_kind <> 'hangup' OR fwd_busy_id ~ '^[456][0-9]{2}$'),
  CONSTRAINT sip_user_fwd_noanswer_hangup_400_to_699 CHECK
    (fwd_noanswer_kind <> 'hangup' OR fwd_noanswer_id ~ '^[456][0-9]{2}$')
);
-- The fwd_*_kind columns have no index: it would serve only the deletion of a kind, which may scan.
COMMENT ON TABLE sip_user IS 'Someone who can be called, and the rules for calls to them.';
COMMENT ON COLUMN sip_user.id IS 'Id, 1 to 64 of A-Z a-z 0-9 _ . : -; made up (us_...) when not given.';
COMMENT ON COLUMN sip_user.account_id IS 'The account the user belongs to.';
COMMENT ON COLUMN sip_user.username IS
  'User part of the address that is called, username@domain of the account; case matters. 1 to 64 characters that a SIP URI takes unescaped.';
COMMENT ON COLUMN sip_user.display_name IS 'Name that called phones show, at most 128 characters.';
COMMENT ON COLUMN sip_user.status IS 'active, or disabled: as unknown.';
COMMENT ON COLUMN sip_user.ring_strategy IS
  'Which devices ring: simultaneous (all at once), sequential (one after another) or specific (at once, those with ring_specific = 1).';
COMMENT ON COLUMN sip_user.ring_timeout_sec IS
  'Seconds to ring, 1 to 600: of the fork as a whole, with sequential of each step.';
COMMENT ON COLUMN sip_user.dnd IS 'Do not disturb: 1 on, 0 off.';
COMMENT ON COLUMN sip_user.fwd_always_kind IS 'Kind of the target that every call goes to at once; NULL: none.';
COMMENT ON COLUMN sip_user.fwd_always_id IS
  'Id of that target; for kind hangup the SIP status, 400 to 699. Set if and only if the kind is.';
COMMENT ON COLUMN sip_user.fwd_busy_kind IS 'Kind of the target for calls while busy or not to be disturbed; NULL: none.';
COMMENT ON COLUMN sip_user.fwd_busy_id IS
  'Id of that target; for kind hangup the SIP status, 400 to 699. Set if and only if the kind is.';
COMMENT ON COLUMN sip_user.fwd_noanswer_kind IS 'Kind of the target for calls nobody answers; NULL: none.';
COMMENT ON COLUMN sip_user.fwd_noanswer_id IS
  'Id of that target; for kind hangup the SIP status, 400 to 699. Set if and only if the kind is.';
COMMENT ON COLUMN sip_user.voicemail_id IS
  'Id of the user''s voicemail box, a route target of kind voicemail; where the forwards above are unset. NULL: none.';
COMMENT ON COLUMN sip_user.out_cid_number IS
  'E.164 number without + presented on calls to the PSTN; used only while cid_number says that it is verified for the account. NULL: the account''s.';
COMMENT ON COLUMN sip_user.out_cid_name IS
  'Name presented with that number, at most 128 characters. NULL: no name.';

CREATE TABLE sip_device (
  id            text DEFAULT ur_new_id('dev_') CONSTRAINT sip_device_pkey PRIMARY KEY
                CONSTRAINT sip_device_id_characters CHECK (ur_is_id(id)),
  user_id       text NOT NULL
                CONSTRAINT sip_device_user_id_fkey REFERENCES sip_user (id) ON DELETE CASCADE,
  auth_username text NOT NULL
                CONSTRAINT sip_device_auth_username_characters CHECK (ur_is_sip_user(auth_username)),
  realm         text NOT NULL
                CONSTRAINT sip_device_realm_lower_case_host CHECK (ur_is_host(realm)),
  ha1           text
                CONSTRAINT sip_device_ha1_32_hex CHECK (ha1 ~ '^[0-9a-f]{32}$'),
  ha1b          text
                CONSTRAINT sip_device_ha1b_32_hex CHECK (ha1b ~ '^[0-9a-f]{32}$'),
  ring_order    integer NOT NULL DEFAULT 0,
  ring_on_fork  smallint NOT NULL DEFAULT 1
                CONSTRAINT sip_device_ring_on_fork_0_or_1 CHECK (ring_on_fork IN (0, 1)),
  ring_specific smallint NOT NULL DEFAULT 0
                CONSTRAINT sip_device_ring_specific_0_or_1 CHECK (ring_specific IN (0, 1)),
  available     smallint NOT NULL DEFAULT 1
                CONSTRAINT sip_device_available_0_or_1 CHECK (available IN (0, 1)),
  status        text NOT NULL DEFAULT 'active'
                CONSTRAINT sip_device_status_active_disabled CHECK (status IN ('active', 'disabled')),
  CONSTRAINT sip_device_auth_username_realm_unique UNIQUE (auth_username, realm)
);
CREATE INDEX sip_device_user_id_idx ON sip_device (user_id);
COMMENT ON TABLE sip_device IS 'A phone of a user; it registers under sip:auth_username@realm.';
COMMENT ON COLUMN sip_device.id IS 'Id, 1 to 64 of A-Z a-z 0-9 _ . : -; made up (dev_...) when not given.';
COMMENT ON COLUMN sip_device.user_id IS 'The user it belongs to.';
COMMENT ON COLUMN sip_device.auth_username IS
  'User name of digest authentication and user part of the address of record; case matters. 1 to 64 characters that a SIP URI takes unescaped.';
COMMENT ON COLUMN sip_device.realm IS
  'Realm of digest authentication and host part of the address of record, lower case; need not stand in sip_domain.';
COMMENT ON COLUMN sip_device.ha1 IS
  'md5(auth_username:realm:password) as 32 lower-case hexadecimal digits: a credential. NULL: cannot authenticate.';
COMMENT ON COLUMN sip_device.ha1b IS
  'md5(auth_username@realm:realm:password), for phones that send the realm in the user name: a credential. NULL: none.';
COMMENT ON COLUMN sip_device.ring_order IS 'Order of branches and of sequential steps; lower rings first, then by id.';
COMMENT ON COLUMN sip_device.ring_on_fork IS '1: rings when the user is called. 0: only when dialled at its own address.';
COMMENT ON COLUMN sip_device.ring_specific IS '1: opted in to the strategy specific. 0: not.';
COMMENT ON COLUMN sip_device.available IS '1: can ring. 0: left out for the time being.';
COMMENT ON COLUMN sip_device.status IS 'active, or disabled: neither rings nor authenticates.';

-- ---------------------------------------------------------------------------------------------------------

CREATE TABLE extension (
  id         text DEFAULT ur_new_id('ext_') CONSTRAINT extension_pkey PRIMARY KEY
             CONSTRAINT extension_id_characters CHECK (ur_is_id(id)),
  account_id text NOT NULL
             CONSTRAINT extension_account_id_fkey REFERENCES account (id) ON DELETE CASCADE,
  digits     text NOT NULL
             CONSTRAINT extension_digits_dialable CHECK (digits ~ '^[+]?[0-9*#]{1,32}$'),
  dest_kind  text NOT NULL
             CONSTRAINT extension_dest_kind_fkey REFERENCES route_target_kind (kind),
  dest_id    text NOT NULL
             CONSTRAINT extension_dest_id_characters CHECK (ur_is_target_id(dest_id)),
  status     text NOT NULL DEFAULT 'active'
             CONSTRAINT extension_status_active_disabled CHECK (status IN ('active', 'disabled')),
  CONSTRAINT extension_digits_unique_per_account UNIQUE (account_id, digits),
  CONSTRAINT extension_dest_hangup_400_to_699 CHECK
    (dest_kind <> 'hangup' OR dest_id ~ '^[456][0-9]{2}$')
);
COMMENT ON TABLE extension IS 'Digits that can be dialled in an account, and where they lead.';
COMMENT ON COLUMN extension.id IS 'Id, 1 to 64 of A-Z a-z 0-9 _ . : -; made up (ext_...) when not given.';
COMMENT ON COLUMN extension.account_id IS 'The account whose users can dial it.';
COMMENT ON COLUMN extension.digits IS 'What is dialled: 1 to 32 of 0-9 * #, a + in front allowed.';
COMMENT ON COLUMN extension.dest_kind IS 'Kind of the target it leads to.';
COMMENT ON COLUMN extension.dest_id IS 'Id of that target; for kind hangup the SIP status, 400 to 699.';
COMMENT ON COLUMN extension.status IS 'active, or disabled: as if it did not exist.';

CREATE TABLE route_target (
  account_id text NOT NULL
             CONSTRAINT route_target_account_id_fkey REFERENCES account (id) ON DELETE CASCADE,
  kind       text NOT NULL
             CONSTRAINT route_target_kind_fkey REFERENCES route_target_kind (kind),
  id         text NOT NULL
             CONSTRAINT route_target_id_characters CHECK (ur_is_target_id(id)),
  address    text
             CONSTRAINT route_target_address_sip_uri_or_e164 CHECK
               (ur_is_sip_uri(address) OR ur_is_e164(address)),
  CONSTRAINT route_target_pkey PRIMARY KEY (account_id, kind, id),
  CONSTRAINT route_target_hangup_400_to_699 CHECK
    (kind <> 'hangup' OR id ~ '^[456][0-9]{2}$')
);
COMMENT ON TABLE route_target IS
  'The targets outside the module that an account has: voicemail boxes, queues, PSTN numbers and so on.';
COMMENT ON COLUMN route_target.account_id IS 'The account that may send calls there.';
COMMENT ON COLUMN route_target.kind IS 'Kind of the target.';
COMMENT ON COLUMN route_target.id IS 'Id of the target, unique with account and kind; 1 to 128 characters without blanks.';
COMMENT ON COLUMN route_target.address IS
  'A SIP or SIPS URI, used as it is; or an E.164 number without +, for {address} in the kind''s template; or NULL: the template, with {id} alone.';
