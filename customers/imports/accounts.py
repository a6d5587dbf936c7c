"""The accounts a file speaks of: which are known, which are to be made, and where both disagree.

A file never changes an account that exists. What it says otherwise is a difference, reported.
"""

from django.db import connection

from customers.imports.report import MOST_NAMED, Difference, Report
from customers.models import Account, Region, SearchText
from customers.search import texts
from customers.sql import analyze, drop, figure, index, rows, run
from customers.tree import lock_tree

_FACTS = ("name", "parent", "region")


def gather_accounts(create: bool) -> None:
    """Make staged_account: every customer and, for those to be made, every parent.

    What a file says first of an account counts, empty cells aside.
    verdict  '' or the reason why its lines are refused
    """
    drop(["staged_fact", "staged_account"])
    run(
        """
        CREATE TEMP TABLE staged_fact AS
        SELECT n, customer, name, parent, region FROM staged_line
         WHERE mark = 0 AND name IS NOT NULL
        """
    )
    index("staged_fact", "customer")
    run(
        """
        CREATE TEMP TABLE staged_account (
            code text, n integer, name text DEFAULT '', parent text DEFAULT '',
            region text DEFAULT '', account_id bigint, needed smallint DEFAULT 0,
            verdict text DEFAULT '')
        """
    )
    run(
        """
        INSERT INTO staged_account (code, n)
        SELECT customer, MIN(n) FROM staged_fact GROUP BY customer
        """
    )
    index("staged_account", "code")
    for fact in _FACTS:
        run(
            f"""
            UPDATE staged_account SET {fact} = said.{fact}
              FROM (SELECT customer, {fact},
                           ROW_NUMBER() OVER (PARTITION BY customer ORDER BY n) AS place
                      FROM staged_fact WHERE {fact} <> '') AS said
             WHERE said.customer = staged_account.code AND said.place = 1
            """
        )
    _look_up()
    if create:
        run(
            """
            INSERT INTO staged_account (code)
            SELECT DISTINCT a.parent FROM staged_account a
             WHERE a.account_id IS NULL AND a.parent <> ''
               AND NOT EXISTS (SELECT 1 FROM staged_account b WHERE b.code = a.parent)
            """
        )
        _look_up()
        _find_circles()
    else:
        run("UPDATE staged_account SET verdict = 'unknown_account' WHERE account_id IS NULL")


def choose_needed(all_in: bool) -> None:
    """Mark the accounts to be made: of orders that go in, with all above them."""
    if all_in:
        run("UPDATE staged_account SET needed = 1 WHERE account_id IS NULL")
        return
    run(
        """
        WITH RECURSIVE need (code) AS (
            SELECT customer FROM staged_order WHERE fault = ''
             UNION
            SELECT a.parent FROM staged_account a JOIN need ON need.code = a.code
             WHERE a.account_id IS NULL AND a.parent <> '')
        UPDATE staged_account SET needed = 1
         WHERE account_id IS NULL AND code IN (SELECT code FROM need)
        """
    )


def count_needed(report: Report) -> None:
    """State how many accounts and regions will be made."""
    report.accounts_created = figure("SELECT COUNT(*) FROM staged_account WHERE needed = 1")
    report.parents_created = figure(
        "SELECT COUNT(*) FROM staged_account WHERE needed = 1 AND n IS NULL"
    )
    report.regions_created = figure(f"SELECT COUNT(*) FROM ({_new_regions()}) AS new")


def make_needed() -> None:
    """Make the needed regions and accounts. Raises IntegrityError if somebody was quicker."""
    if not figure("SELECT COUNT(*) FROM staged_account WHERE needed = 1"):
        return
    table = Account._meta.db_table
    lock_tree(Account)
    run(f"INSERT INTO {Region._meta.db_table} (name) {_new_regions()}")
    columns, params = _defaults()
    run(
        f"""
        INSERT INTO {table} (code, name, region_id, {", ".join(columns)})
        SELECT s.code, CASE WHEN s.name = '' THEN s.code ELSE s.name END, r.id,
               {", ".join(["%s"] * len(params))}
          FROM staged_account s
          LEFT JOIN (SELECT id, name, ROW_NUMBER() OVER (
                         PARTITION BY name
                         ORDER BY CASE WHEN parent_id IS NULL THEN 0 ELSE 1 END, id) AS place
                       FROM {Region._meta.db_table}) AS r ON r.name = s.region AND r.place = 1
         WHERE s.needed = 1 ORDER BY s.code
        """,
        params,
    )
    analyze(Account)  # else what follows is planned for the few that there were before
    _look_up()
    run(
        f"""
        UPDATE {table} SET parent_id = p.account_id
          FROM staged_account s JOIN staged_account p ON p.code = s.parent
         WHERE s.needed = 1 AND s.parent <> '' AND s.account_id = {table}.id
        """
    )
    made = rows("SELECT account_id FROM staged_account WHERE needed = 1 ORDER BY account_id")
    texts.keep_all(SearchText.Kind.ACCOUNT, [pk for (pk,) in made])


def find_differences(report: Report) -> None:
    """Report where a file says otherwise than an account, or than itself earlier on."""
    known, new = "s.account_id IS NOT NULL", "s.needed = 1"
    account, region = Account._meta.db_table, Region._meta.db_table
    joined = f"""
        staged_fact f JOIN staged_account s ON s.code = f.customer
        LEFT JOIN {account} a ON a.id = s.account_id
        LEFT JOIN {account} p ON p.id = a.parent_id
        LEFT JOIN {region} r ON r.id = a.region_id"""
    cases = [
        ("customer_name", "f.name", "a.name", f"{known} AND f.name <> a.other_name"),
        ("parent_id", "f.parent", "COALESCE(p.code, '')", known),
        ("region", "f.region", "COALESCE(r.name, '')", known),
        ("customer_name", "f.name", "s.name", new),
        ("parent_id", "f.parent", "s.parent", new),
        ("region", "f.region", "s.region", new),
    ]
    queries = " UNION ALL ".join(
        f"SELECT MIN(f.n), f.customer, '{column}', {said}, {kept} FROM {joined} "
        f"WHERE {said} <> '' AND {said} <> {kept} AND {which} GROUP BY f.customer, {said}, {kept}"
        for column, said, kept, which in cases
    )
    drop(["staged_difference"])
    run(
        f"CREATE TEMP TABLE staged_difference (n, code, col, said, kept) AS {queries}"
        if connection.vendor == "postgresql"
        else f"CREATE TEMP TABLE staged_difference AS {queries}"
    )
    report.difference_count = figure("SELECT COUNT(*) FROM staged_difference")
    report.differences = [
        Difference(*row)
        for row in rows(f"SELECT * FROM staged_difference ORDER BY 1, 3 LIMIT {MOST_NAMED}")
    ]


def _look_up() -> None:
    run(
        f"""
        UPDATE staged_account SET account_id =
            (SELECT a.id FROM {Account._meta.db_table} a WHERE a.code = staged_account.code)
         WHERE account_id IS NULL
        """
    )


def _find_circles() -> None:
    """Refuse new accounts whose chain of parents never ends.

    What can be reached from the tops is sound; the rest runs in a circle or hangs on one.
    """
    index("staged_account", "parent")
    run("UPDATE staged_account SET verdict = 'parent_circle' WHERE account_id IS NULL")
    run(
        """
        WITH RECURSIVE sound (code) AS (
            SELECT code FROM staged_account WHERE account_id IS NOT NULL OR parent = ''
             UNION ALL
            SELECT a.code FROM staged_account a JOIN sound ON sound.code = a.parent
             WHERE a.account_id IS NULL)
        UPDATE staged_account SET verdict = ''
         WHERE verdict <> '' AND code IN (SELECT code FROM sound)
        """
    )


def _new_regions() -> str:
    return f"""
        SELECT DISTINCT s.region FROM staged_account s
         WHERE s.needed = 1 AND s.region <> '' AND NOT EXISTS (
               SELECT 1 FROM {Region._meta.db_table} r WHERE r.name = s.region)"""


def _defaults() -> tuple[list[str], list]:
    """Return columns and values that every new account has."""
    account = Account()
    given = {"id", "code", "name", "region", "parent"}
    fields = [field for field in Account._meta.concrete_fields if field.name not in given]
    return (
        [str(field.column) for field in fields],
        [field.get_db_prep_save(field.pre_save(account, add=True), connection) for field in fields],
    )
