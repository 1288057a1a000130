# SPDX-License-Identifier: GPL-2.0-or-later
"""`t`: what a case's run(t) gets. An account, a domain, a database connection, and the stage."""

import psycopg2
from psycopg2 import sql

from .accounts import Tenant
from .expect import check, equal, near, wait_for
from .stage import Stage


class Case(Stage):
    # For cases, so that one name is enough.
    check, equal, near, wait_for = map(staticmethod, (check, equal, near, wait_for))

    def __init__(self, name, stack, folder, run, number):
        super().__init__(name, stack, folder, run, number, f"{name}-{run}-{number}.test")
        # With the run's number: a stack that stands may remember an earlier run.
        self.key = f"{name.replace('-', '_')}_{run}_{number}"
        self._caller = None
        self.notes = []  # lines for the report, whatever the result
        self.db = None
        self.connect()
        self.tenant = Tenant(self, self.key, self.domain)
        self.account = self.tenant.account

    def note(self, text):
        """A figure that is worth a line in the report."""
        self.notes.append(text)

    # -- rows

    def connect(self):
        """To the database; again after it was stopped."""
        self.db = self.new_connection()

    def new_connection(self):
        """One of the database's owner; each statement is committed."""
        db = psycopg2.connect(self.stack.database_url)
        db.autocommit = True
        return db

    def sql(self, statement, values=()):
        """Runs and commits a statement; the rows, if it has any."""
        with self.db.cursor() as cursor:
            cursor.execute(statement, values)
            rows = cursor.fetchall() if cursor.description else None
        self.changed()
        return rows

    def insert(self, table, values):
        columns = [sql.Identifier(c) for c in values]
        self.sql(
            sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier(table), sql.SQL(", ").join(columns), sql.SQL(", ").join(sql.Placeholder() * len(values))
            ),
            list(values.values()),
        )

    def update(self, table, row_id, values):
        changes = [sql.SQL("{} = %s").format(sql.Identifier(c)) for c in values]
        self.sql(
            sql.SQL("UPDATE {} SET {} WHERE id = %s").format(sql.Identifier(table), sql.SQL(", ").join(changes)),
            [*values.values(), row_id],
        )

    # -- people

    def user(self, username, **columns):
        return self.tenant.user(username, **columns)

    def other_tenant(self):
        """A second account with a domain of its own."""
        return Tenant(self, self.key + "_b", "b-" + self.domain)

    def other_tenant_without_domain(self):
        """An account that has no domain; its devices have a realm that is nobody's."""
        tenant = Tenant(self, self.key + "_n", "n-" + self.domain)
        self.sql("DELETE FROM sip_domain WHERE domain = %s", [tenant.domain])
        return tenant

    def caller(self):
        """A user 1000 whose device has no phone of its own: somebody to place calls."""
        if self._caller is None:
            self._caller = self.user("1000").device("bob")
        return self._caller

    def calls(self, target, **options):
        """A call from caller() to a user part or URI."""
        return self.caller().calls(target, **options)

    def close(self):
        super().close()
        self.db.close()
