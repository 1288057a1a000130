# SPDX-License-Identifier: GPL-2.0-or-later
"""What rings five phones: five users of one device each, their ring group, and one user of five devices."""

# Extension -> the devices that it rings. The first one answers.
DEVICES = {
    "300": [f"m{n}-desk" for n in range(1, 6)],  # the group; (g1) and (g2) have the members' names in peers/five.cfg
    "301": [f"m0-dsk{n}" for n in range(1, 6)],  # the user
}
ROWS = """
SET session_replication_role = replica;
INSERT INTO sip_user (id, account_id, username, display_name, voicemail_id)
SELECT 'us_m' || n, 'acc_bench', 'm' || n, 'Member ' || n, 'box_m' || n FROM generate_series(0, 5) AS n;
INSERT INTO sip_device (user_id, auth_username, realm, ha1, ring_order)
SELECT 'us_m' || n, 'm' || n || '-desk', %(domain)s, md5('m'), 1 FROM generate_series(1, 5) AS n
UNION ALL
SELECT 'us_m0', 'm0-dsk' || n, %(domain)s, md5('m'), n FROM generate_series(1, 5) AS n;
INSERT INTO ring_group (id, account_id, name) VALUES ('grp_bench', 'acc_bench', 'Five');
INSERT INTO ring_group_member (group_id, position, member_kind, member_id)
SELECT 'grp_bench', n, 'user', 'us_m' || n FROM generate_series(1, 5) AS n;
INSERT INTO extension (account_id, digits, dest_kind, dest_id)
VALUES ('acc_bench', '300', 'ring_group', 'grp_bench'), ('acc_bench', '301', 'user', 'us_m0');
"""
