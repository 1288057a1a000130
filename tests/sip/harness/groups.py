# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of ring_group and ring_group_member for a case."""

from .accounts import Device, User


class Group:
    """A ring group, and an extension that leads to it. Members: users, devices, other groups, or numbers without +; or a
    pair of one of them and its columns."""

    def __init__(self, case, digits, *members, **columns):
        self.case, self.digits = case, digits
        self.id = f"grp_{case.key}_{digits}"
        self._count = 0
        case.insert("ring_group", {"id": self.id, "account_id": case.account, "name": f"Group {digits}", **columns})
        for member in members:
            self.add(*member) if isinstance(member, tuple) else self.add(member)
        case.insert("extension", {"account_id": case.account, "digits": digits, "dest_kind": "ring_group", "dest_id": self.id})

    def add(self, member, columns=None):
        self._count += 1
        kind, name = _of(member)
        self.case.insert("ring_group_member", {"group_id": self.id, "position": self._count, "member_kind": kind, "member_id": name,
                                               **(columns or {})})
        return self

    def change(self, member, **columns):
        kind, name = _of(member)
        changes = ", ".join(f"{column} = %s" for column in columns)
        self.case.sql(f"UPDATE ring_group_member SET {changes} WHERE group_id = %s AND member_kind = %s AND member_id = %s",
                      [*columns.values(), self.id, kind, name])

    def update(self, **columns):
        self.case.update("ring_group", self.id, columns)
        return self


def _of(member):
    if isinstance(member, User):
        return "user", member.id
    if isinstance(member, Device):
        return "device", member.id
    if isinstance(member, Group):
        return "ring_group", member.id
    return "number", member
