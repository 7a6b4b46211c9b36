"""SQL over the lists, as typed in a notebook: results, refusals, values, and completion."""

from __future__ import annotations

import os
from typing import Any

import pandas as pd
import pytest

from tests.shell.conftest import Shell
from tests.support.command_line import in_process
from tests.support.completion import completions
from zenpro_nb import errors, frames
from zenpro_nb.client import Client

# Each query, and the same in pandas; the frames are those of the bare nouns.
PARTS = 3  # the default suite runs one query in three
AGREE: dict[str, str] = {
    "SELECT email FROM users": "users[['email']]",
    "SELECT count(*) AS n FROM users": "pd.DataFrame({'n': [len(users)]})",
    "SELECT email FROM users WHERE is_active": "users[users.is_active.fillna(False)][['email']]",
    "SELECT email FROM users WHERE NOT is_active": "users[users.is_active.eq(False).fillna(False)][['email']]",
    "SELECT email FROM users WHERE is_superuser IS TRUE": "users[users.is_superuser.fillna(False)][['email']]",
    "SELECT DISTINCT company FROM users WHERE company IS NOT NULL":
        "users[['company']].dropna().drop_duplicates()",
    "SELECT company, count(*) AS n FROM users WHERE company IS NOT NULL GROUP BY company":
        "users.groupby('company').size().rename('n').reset_index()",
    "SELECT job_title, count(*) AS n FROM users WHERE job_title IS NOT NULL GROUP BY ALL HAVING count(*) > 3":
        "users.groupby('job_title').size().rename('n').reset_index().query('n > 3')",
    "SELECT email FROM users WHERE email LIKE 'a%'": "users[users.email.str.startswith('a', na=False)][['email']]",
    "SELECT upper(username) AS u FROM users": "users.username.str.upper().rename('u').to_frame()",
    "SELECT name FROM teams ORDER BY name": "teams[['name']].sort_values('name')",
    "SELECT max(member_count) AS n FROM teams": "pd.DataFrame({'n': [teams.member_count.max()]})",
    "SELECT sum(member_count) AS n FROM teams": "pd.DataFrame({'n': [teams.member_count.sum()]})",
    "SELECT name FROM workspaces WHERE status = 'available'": "workspaces[workspaces.status == 'available'][['name']]",
    "SELECT name FROM workspaces WHERE status <> 'available'":
        "workspaces[workspaces.status != 'available'][['name']]",
    "SELECT status, count(*) AS n FROM workspaces GROUP BY status":
        "workspaces.groupby('status', observed=True).size().rename('n').reset_index()",
    "SELECT name FROM workspaces WHERE created < now()": "workspaces[['name']]",
    "SELECT min(created) AS first FROM workspaces": "pd.DataFrame({'first': [workspaces.created.min()]})",
    "SELECT name, level FROM roles": "roles[['name', 'level']]",
    "SELECT level, count(*) AS n FROM roles GROUP BY level":
        "roles.groupby('level', observed=True).size().rename('n').reset_index()",
    "SELECT role, count(*) AS n FROM assignments GROUP BY role":
        "assignments.groupby('role').size().rename('n').reset_index()",
    "SELECT principal FROM assignments WHERE role = 'Organization Admin'":
        "assignments[assignments.role == 'Organization Admin'][['principal']]",
    "SELECT count(DISTINCT user_id) AS n FROM assignments": "pd.DataFrame({'n': [assignments.user_id.nunique()]})",
    "SELECT workspace, role, count(*) AS n FROM assignments WHERE workspace IS NOT NULL GROUP BY ALL":
        "assignments.dropna(subset='workspace').groupby(['workspace', 'role']).size().rename('n').reset_index()",
    "SELECT u.email, a.role FROM users u JOIN assignments a ON u.id = a.user_id":
        "users.merge(assignments, left_on='id', right_on='user_id')[['email', 'role']]",
    "SELECT u.email, a.role FROM users u JOIN assignments a ON u.id = a.user_id WHERE a.level = 'workspace'":
        "users.merge(assignments[assignments.level == 'workspace'], left_on='id', right_on='user_id')"
        "[['email', 'role']]",
    "SELECT u.email FROM users u ANTI JOIN assignments a ON u.id = a.user_id":
        "own[~own.id.isin(assignments.user_id)][['email']]",
    "SELECT u.email FROM users u SEMI JOIN assignments a ON u.id = a.user_id":
        "users[users.id.isin(assignments.user_id)][['email']]",
    "SELECT u.email, count(a.role) AS n FROM users u LEFT JOIN assignments a ON u.id = a.user_id GROUP BY u.email":
        "own.merge(assignments, how='left', left_on='id', right_on='user_id').groupby('email').role.count()"
        ".rename('n').reset_index()",
    "SELECT t.name, count(m.user_id) AS n FROM teams t LEFT JOIN team_members m ON t.id = m.team_id "
    "GROUP BY t.name, t.id":
        "pd.DataFrame({'name': teams.name, 'n': [members_of[one] for one in teams.id]})",
    "WITH admins AS (SELECT user_id FROM assignments WHERE role = 'Organization Admin') "
    "SELECT email FROM users JOIN admins ON id = user_id":
        "users[users.id.isin(assignments[assignments.role == 'Organization Admin'].user_id)][['email']]",
    "SELECT email FROM users WHERE id IN (SELECT user_id FROM assignments WHERE workspace = 'ml-prod')":
        "users[users.id.isin(assignments[assignments.workspace == 'ml-prod'].user_id)][['email']]",
    "SELECT email, row_number() OVER (ORDER BY email) AS place FROM users":
        "users[['email']].sort_values('email').assign(place=range(1, len(users) + 1))",
    "SELECT principal FROM access WHERE via = 'superuser' AND scope = 'organization'":
        "access[(access.via == 'superuser') & (access.scope == 'organization')][['principal']]",
    "SELECT via, count(*) AS n FROM access GROUP BY via":
        "access.groupby('via', observed=True).size().rename('n').reset_index()",
    "SELECT kind, count(DISTINCT principal) AS n FROM access GROUP BY kind":
        "access.groupby('kind', observed=True).principal.nunique().rename('n').reset_index()",
    "SELECT email, expires FROM invitations WHERE NOT accepted":
        "invitations[~invitations.accepted.fillna(False)][['email', 'expires']]",
    "SELECT s.username FROM service_accounts s ORDER BY 1 LIMIT 2":
        "service_accounts[['username']].sort_values('username').head(2)",
    "SELECT workspace, count(*) AS n FROM runs GROUP BY workspace":
        "runs.groupby('workspace', observed=True).size().rename('n').reset_index()",
    "SELECT status, count(*) AS n FROM runs WHERE created > (SELECT min(created) FROM runs) GROUP BY status":
        "runs[runs.created > runs.created.min()].groupby('status', observed=True).size().rename('n').reset_index()",
    "VALUES (1), (2)": "pd.DataFrame({'col0': [1, 2]})",
}  # fmt: skip

_READ = ("users", "teams", "workspaces", "roles", "assignments", "access", "invitations")


@pytest.fixture
def shell_with_variables(shell: Shell) -> Shell:
    """A shell in which the lists are variables with other names than the tables."""
    shell.run("import pandas as pd")
    for name in _READ:
        shell.run(f"read_{name} = %zenpro {name}")
    shell.run("read_service_accounts = %zenpro service-accounts")
    shell.run("read_runs = %zenpro runs --workspace ml-dev")
    shell.run("read_own = %zenpro users --org acme")
    shell.run("team_ids = list(read_teams.id)")
    shell.run(
        "%%zenpro\n" + "\n".join(f"teams members {item} --out m{at}" for at, item in enumerate(shell.value("team_ids")))
    )
    return shell


@pytest.mark.parametrize(
    "part", [pytest.param(part, marks=[] if part == 0 else pytest.mark.slow) for part in range(PARTS)]
)
def test_forty_queries_agree_with_pandas(shell_with_variables: Shell, part: int) -> None:
    names = (*_READ, "own", "service_accounts", "runs")
    read = {name: shell_with_variables.value(f"read_{name}") for name in names}
    users, ours = read["users"], {*read["own"].id, *read["assignments"].user_id}
    read["own"] = users[users.id.isin(ours)]
    sizes = {
        item: len(shell_with_variables.value(f"m{at}").user_id.dropna())
        for at, item in enumerate(shell_with_variables.value("team_ids"))
    }
    assert len(AGREE) >= 40
    for query, by_hand in [*AGREE.items()][part::PARTS]:
        expected = eval(by_hand, {"pd": pd, "members_of": sizes, **read})  # noqa: S307 - our own, above
        found = shell_with_variables.run(f'%zenpro sql "{query}" --workspace ml-dev')
        assert _rows(found) == _rows(expected), query


def _rows(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return sorted(tuple(map(str, row)) for row in plain.itertuples(index=False))


def test_an_unnamed_count_has_the_name_in_the_query(shell_with_variables: Shell) -> None:
    assert list(shell_with_variables.run('%zenpro sql "SELECT count(*) FROM teams"').columns) == ["count(*)"]


def test_a_list_is_read_once_however_often_it_is_named(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    original = Client._perform

    def record(self: Client, call: Any) -> Any:
        seen.append(call.path)
        return original(self, call)

    monkeypatch.setattr(Client, "_perform", record)
    shell.run("%zenpro teams")
    seen.clear()
    shell.run("%zenpro teams")
    alone = sum(path.endswith("/teams") for path in seen)
    seen.clear()
    frame = shell.run('%zenpro sql "SELECT a.name FROM teams a JOIN teams b USING (id) JOIN TEAMS c USING (id)"')
    assert sum(path.endswith("/teams") for path in seen) == alone > 0
    facts = frame.attrs["zenpro"]
    assert facts["complete"] is True
    assert set(facts["tables"]) == {"teams"}
    assert facts["tables"]["teams"]["rows"] == len(frame)
    assert facts["time"]
    seen.clear()
    shell.error('%zenpro sql "SELECT nme FROM teams"')
    assert seen == []  # a wrong query is refused before anything is read


@pytest.mark.parametrize(
    ("line", "organization", "scope"),
    [
        (
            "SELECT count(*) AS n FROM users WHERE NOT is_active",
            "acme",
            "users from all organizations that you can see, not only acme; --org acme for this one",
        ),
        (
            "SELECT count(*) AS n FROM users, workspaces",
            None,
            "users and workspaces from all organizations that you can see; --org NAME for one",
        ),
        ("SELECT count(*) AS n FROM teams JOIN workspaces USING (name)", "acme", ""),
        ('SELECT count(*) AS n FROM users" --org "acme', "acme", ""),
    ],
)
def test_a_query_names_the_tables_that_cover_all_organizations(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, line: str, organization: str | None, scope: str
) -> None:
    if organization is None:
        monkeypatch.delenv("ZENPRO_ORGANIZATION")
    frame = shell.run(f'%zenpro sql "{line}"')
    facts = frame.attrs["zenpro"]
    assert facts.get("scope", "") == scope
    tables = [name for name, record in facts["tables"].items() if record.get("scope")]
    assert " and ".join(tables) == scope.partition(" from ")[0]
    html = shell.ip.display_formatter.format(frame)[0]["text/html"]
    assert (f"1 row · {scope} · read " in html) if scope else ("from all" not in html)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_query_printed_as_data_names_the_scope_of_its_tables_in_a_message(shell: Shell, form: str) -> None:
    printed = in_process(["sql", "SELECT count(*) AS n FROM users", "--format", form], {**os.environ})
    scope = b"note: users from all organizations that you can see, not only acme; --org acme for this one\n"
    assert printed.stderr == scope
    assert b"acme" not in printed.stdout
    assert in_process(["sql", "SELECT count(*) AS n FROM teams", "--format", form], {**os.environ}).stderr == b""


@pytest.mark.parametrize(
    ("rest", "organization"),
    [
        ("LEFT JOIN team_members m ON m.user_id = u.id WHERE m.user_id IS NULL", "acme"),
        ("WHERE id NOT IN (SELECT user_id FROM assignments WHERE user_id IS NOT NULL)", "acme"),
        ("SEMI JOIN workspaces w ON w.owner_id = u.id", "acme"),
        ("ANTI JOIN organizations o ON o.name = u.email", ""),
    ],
)
def test_users_beside_a_list_of_one_organization_are_only_its_users(shell: Shell, rest: str, organization: str) -> None:
    line = '%zenpro sql "SELECT u.email FROM users u {}"{}'
    found = shell.run(line.format(rest, ""))
    members = set(shell.run("%zenpro users --org acme").email)
    scope = found.attrs["zenpro"]["scope"]
    assert scope in shell.ip.display_formatter.format(found)[0]["text/html"]
    if organization:
        assert set(found.email) <= members
        assert scope == f"users only from {organization}, not from all organizations that you can see"
        assert list(shell.run(line.format(rest, " --org acme")).email) == list(found.email)
    else:
        assert not set(found.email) <= members
        assert scope.startswith("users from all organizations")


def test_a_query_keeps_people_who_have_roles_without_being_members(shell: Shell) -> None:
    line = '%zenpro sql "SELECT DISTINCT u.email FROM users u JOIN assignments a ON a.user_id = u.id"'
    members = set(shell.run("%zenpro users --org acme").email)
    assert "outsider@partner.example" not in members
    for option in ("", " --org acme"):
        assert "outsider@partner.example" in set(shell.run(line + option).email)


@pytest.mark.parametrize("grouping", ["team", "1", "ALL"])
def test_a_query_that_adds_up_two_teams_of_one_name_says_so(
    shell: Shell, capsys: pytest.CaptureFixture[str], grouping: str
) -> None:
    shell.run(f"%%zenpro sql\nSELECT team, count(*) AS n FROM team_members GROUP BY {grouping}")
    note = "note: 2 teams are named 'Reliability', and the query adds them up. Group by team_id too: "
    assert note in capsys.readouterr().err
    apart = shell.run('%zenpro sql "SELECT team, count(*) AS n FROM team_members GROUP BY team, team_id"')
    assert list(apart.team).count("Reliability") == 2
    shell.run('%zenpro sql "SELECT role, count(*) AS n FROM assignments GROUP BY role"')
    assert "are named" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ('sql "SELECT id FROM ids WHERE id NOT IN (SELECT user_id FROM known k) ORDER BY id"', ["2", "3", "4"]),
        # The inner query has conditions and texts of its own, and a value of the notebook.
        (
            "sql \"SELECT id FROM ids WHERE id > $low AND id NOT IN (SELECT user_id FROM known WHERE note <> ')')\"",
            ["3", "4"],
        ),
        ('sql "SELECT count(*) AS id FROM ids WHERE id NOT IN (SELECT user_id FROM known)"', [3]),
    ],
)
def test_missing_values_after_not_in_are_left_out_and_the_query_that_ran_is_named(
    shell: Shell, capsys: pytest.CaptureFixture[str], line: str, rows: list[object]
) -> None:
    shell.ip.user_ns |= {
        "ids": pd.DataFrame({"id": ["1", "2", "3", "4"]}),
        "known": pd.DataFrame({"user_id": ["1", None, None], "note": ["a", "b", "c"]}),
        "low": "2",
    }
    found = shell.run(f"%zenpro {line}")
    assert list(found.id) == rows
    query, _, problem = capsys.readouterr().err.removeprefix("note: the rows are those of `").partition("`. ")
    assert problem == "As typed, NOT IN would match no row, because the inner query returns 2 missing values.\n"
    assert list(shell.run(query).id) == rows
    assert "NOT IN" not in capsys.readouterr().err
    assert "IS NOT NULL)" in found.attrs["zenpro"]["query"]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT id NOT IN (SELECT user_id FROM known) AS id FROM ids", [None, None]),
        ("SELECT id FROM ids WHERE (id NOT IN (SELECT user_id FROM known)) IS NULL", ["2", "3"]),
        ("SELECT id FROM ids WHERE id <> ALL (SELECT user_id FROM known)", []),
    ],
)
def test_a_query_in_which_a_missing_value_can_have_a_meaning_stays_as_it_is(
    shell: Shell, capsys: pytest.CaptureFixture[str], query: str, rows: list[object]
) -> None:
    shell.ip.user_ns |= {"ids": pd.DataFrame({"id": ["2", "3"]}), "known": pd.DataFrame({"user_id": ["1", None]})}
    found = shell.run(f"%%zenpro sql\n{query}")
    assert [None if pd.isna(value) else value for value in found.id] == rows
    assert "query" not in found.attrs["zenpro"]
    assert "warning: NOT IN is true for no row, because the inner query returns 1 missing" in capsys.readouterr().err


def test_rows_that_are_related_to_the_outer_query_need_no_note(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.ip.user_ns["known"] = pd.DataFrame({"user_id": ["1", None]})
    related = "SELECT id FROM users u WHERE id NOT IN (SELECT user_id FROM known k WHERE k.user_id = u.id)"
    assert len(shell.run(f"%%zenpro sql\n{related}"))
    assert "NOT IN" not in capsys.readouterr().err


def test_the_help_of_sql_names_the_default_of_each_table() -> None:
    command = in_process(["sql", "--help"], {**os.environ, "COLUMNS": "200"}, terminal=True)
    assert "a query of users without other lists covers every user that you can see" in " ".join(
        command.stdout.decode().split()
    )


def test_values_are_bound_and_never_text(shell: Shell) -> None:
    shell.run("who = \"' OR 1=1 --\"\nfew = ['ada@example.com', 'grace@example.com']")
    assert len(shell.run('%zenpro sql "SELECT * FROM users WHERE email = $who"')) == 0
    assert len(shell.run("%%zenpro sql\nSELECT * FROM users WHERE email = $who")) == 0
    assert len(shell.run('%zenpro sql "SELECT * FROM users WHERE email IN {few}"')) == 2
    frame = shell.run("%%zenpro sql\nSELECT email, $n AS n FROM users\nWHERE email IN $few".replace("$n", "{'a': 1}.a"))
    assert frame.n.tolist() == [1, 1]
    error = shell.error("%zenpro sql \"SELECT * FROM users WHERE email = '$who'\"")
    assert type(error) is errors.UsageError
    assert "inside quotes" in str(error)
    assert "$whom is not defined. Did you mean 'who'" in str(shell.error("%%zenpro sql\nSELECT $whom"))


def test_frames_of_the_notebook_are_tables(shell: Shell) -> None:
    shell.run("import pandas as pd\nextra = pd.DataFrame({'email': ['ada@example.com'], 'cost': [3]})")
    frame = shell.run('%zenpro sql "SELECT u.name, sum(cost) AS cost FROM users u JOIN extra USING (email) GROUP BY 1"')
    assert frame.cost.tolist() == [3]
    shell.run("users = extra")
    error = shell.error('%zenpro sql "SELECT * FROM users"')
    assert type(error) is errors.AmbiguousNameError
    assert "my_users = users" in str(error)


@pytest.mark.parametrize(
    ("query", "kind", "words", "caret"),
    [
        ("SELECT emial FROM users", errors.UnknownNameError, "Did you mean 'email'", "^^^^^"),
        ("SELECT u.emial FROM users u", errors.UnknownNameError, "Did you mean 'email'", "^"),
        ("SELECT 1 FROM usres", errors.UnknownNameError, "no table 'usres'. Did you mean 'users'", "^^^^^"),
        ("SELECT 1 FROM captures.zassignments", errors.UnknownNameError, "captures.assignments", "^"),
        ("SELEC 1", errors.UsageError, "yntax error", "^"),
        ("SELECT count(id FROM users", errors.UsageError, "yntax error", ""),
        ("SELECT nofunction(1)", errors.UnknownNameError, "no function 'nofunction'", "^"),
        ("SELECT 'x'::INT", errors.UsageError, "onvert", ""),
        ("SELECT 1; SELECT 2", errors.UsageError, "2 statements", ""),
        ("CREATE TABLE x (i INT)", errors.UsageError, "Only read-only", ""),
        ("INSERT INTO users VALUES (1)", errors.UsageError, "Only read-only", ""),
        ("UPDATE users SET name = 'x'", errors.UsageError, "Only read-only", ""),
        ("DELETE FROM users", errors.UsageError, "Only read-only", ""),
        ("DROP TABLE users", errors.UsageError, "Only read-only", ""),
        ("COPY users TO 'x.csv'", errors.UsageError, "Only read-only", ""),
        ("EXPLAIN COPY users TO 'x.csv'", errors.UsageError, "Only read-only", ""),
        ("EXPORT DATABASE 'x'", errors.UsageError, "Only read-only", ""),
        ("ATTACH 'x.db'", errors.UsageError, "Only read-only", ""),
        ("INSTALL httpfs", errors.UsageError, "Only read-only", ""),
        ("LOAD httpfs", errors.UsageError, "Only read-only", ""),
        ("SET enable_external_access = true", errors.UsageError, "Only read-only", ""),
        ("PRAGMA database_list", errors.UsageError, "Only read-only", ""),
        ("CALL pragma_version()", errors.UsageError, "Only read-only", ""),
        ("SELECT * FROM read_csv('/etc/passwd')", errors.UsageError, "read_csv() is not available", "^"),
        ("SELECT * FROM read_text('/etc/passwd')", errors.UsageError, "read_text() is not available", "^"),
        ("SELECT * FROM glob('/*')", errors.UsageError, "glob() is not available", "^"),
        ("SELECT * FROM query('SELECT 1')", errors.UsageError, "query() is not available", "^"),
        ("SELECT * FROM duckdb_settings()", errors.UsageError, "duckdb_settings() is not available", "^"),
        ("SELECT * FROM '/etc/passwd'", errors.UnknownNameError, "no table '/etc/passwd'", "^"),
        ("SELECT * FROM information_schema.tables", errors.UnknownNameError, "no table", "^"),
        ("SELECT getenv('HOME')", errors.UnknownNameError, "no function 'getenv'", ""),
    ],
)
def test_a_mistake_is_one_clean_line_with_its_position(
    shell: Shell, query: str, kind: type[Exception], words: str, caret: str
) -> None:
    error: Any = shell.error(f"%%zenpro sql\n{query}" if "'" in query else f'%zenpro sql "{query}"')
    assert type(error) is kind
    assert words in str(error)
    assert "\n" not in str(error)
    assert caret in "".join(error.excerpt)


@pytest.mark.parametrize("name", ["user", "USER", "current_user", "session_user", "current_role"])
def test_a_missing_column_is_not_the_user_of_the_database(shell: Shell, name: str) -> None:
    for query in ("SELECT {} FROM team_members", "SELECT team FROM team_members WHERE {} NOT IN ('x')"):
        error = shell.error(f"%%zenpro sql\n{query.format(name)}")
        assert isinstance(error, errors.UnknownNameError)
        assert f"team_members has no column '{name.lower()}'" in str(error)
    # A column or an alias of this name is used.
    frame = shell.run(f"%%zenpro sql\nSELECT email AS {name} FROM users ORDER BY {name} LIMIT 1")
    assert "@" in frame.iloc[0, 0]


def test_nothing_secret_is_in_any_table(shell: Shell) -> None:
    for table, columns in zip(*(shell.run("%zenpro sql tables")[name] for name in ("table", "columns")), strict=True):
        told = {"key", "token", "secret", "password", "api_key", "enrollment_key", "client_secret"} & set(columns)
        assert not told, table


def test_questions_over_time(shell: Shell) -> None:
    name = "sql-over-time"
    shell.run(f"%zenpro captures create {name}")
    frame = shell.run('%zenpro sql "SELECT capture, count(*) AS n FROM captures.teams GROUP BY ALL"')
    assert frame.set_index("capture").n[name] == len(shell.run("%zenpro teams"))
    shell.run(f"then = {name!r}")
    then = shell.run('%zenpro sql "SELECT count(*) AS n FROM teams" --at $then')
    assert then.n.tolist() == frame[frame.capture == name].n.tolist()
    assert then.attrs["zenpro"]["tables"]["teams"]["capture"] == name
    error = shell.error('%zenpro sql "SELECT count(*) FROM runs" --at $then')
    assert "The table runs cannot be read with --at" in str(error)


def test_without_a_query(shell: Shell) -> None:
    assert "QUERY is required" in str(shell.error("%zenpro sql"))
    assert "Put the query in quotes: `%zenpro sql 'SELECT email FROM users'`" in str(
        shell.error("%zenpro sql SELECT email FROM users")
    )
    tables = shell.run("%zenpro sql tables")
    assert {"users", "service_accounts", "access", "audit", "team_members", "captures.assignments", "runs"} <= set(
        tables.table
    )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ('%zenpro sql "SELECT * FROM us', '%zenpro sql "SELECT * FROM users'),
        ('%zenpro sql "SELECT * FROM users u JOIN assi', '%zenpro sql "SELECT * FROM users u JOIN assignments'),
        ('%zenpro sql "SELECT u.em', None),
        ('%zenpro sql "SELECT * FROM users u WHERE u.em', '%zenpro sql "SELECT * FROM users u WHERE u.email'),
        ("%%zenpro sql\nSELECT *\nFROM us", "%%zenpro sql\nSELECT *\nFROM users"),
        ("%%zenpro sql\nSELECT *\nFROM users\nWHERE users.em", "%%zenpro sql\nSELECT *\nFROM users\nWHERE users.email"),
        ("%%zenpro sql\nSELECT * FROM captures.assi", "%%zenpro sql\nSELECT * FROM captures.assignments"),
        ("%zenpro sql ta", "%zenpro sql tables"),
    ],
)
def test_tab(bare_shell: Shell, typed: str, expected: str | None) -> None:
    found = completions(bare_shell, typed)
    assert expected in found if expected is not None else not any("email" in item for item in found)


def test_every_column_of_a_table_is_listed(shell: Shell) -> None:
    frame = shell.run("%zenpro sql tables")
    columns = frame.set_index("table")["columns"]["team_members"]
    assert ", ".join(columns) in frames.html(frame)
    error = shell.error("%zenpro sql 'SELECT member FROM team_members'")
    assert f"Columns: {', '.join(columns)}." in str(error)
