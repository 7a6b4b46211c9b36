"""`%zenpro audit`: findings in the demo's organization, commands that fix them, mutes, exit codes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from tests.shell.conftest import Shell
from tests.support.command_line import Completed, in_process
from tests.support.sandbox import SandboxProcess
from zenpro_nb import frames
from zenpro_nb.access.audit.checks import CHECKS, FORMER_NAMES
from zenpro_nb.errors import FindingsError, UsageError
from zenpro_nb.ui import tables
from zenpro_nb.ui.wrapping import wrap

# True only in acme-labs, or nowhere, because the demo's organization has the opposite.
ELSEWHERE = {"too-few-org-admins", "access-expired"}
# Commands that change something and immediately end the finding of their own check.
MENDING = (
    "service-account-is-admin", "inactive-in-team", "superuser", "invitation-powerful", "role-without-membership",
    "team-empty", "service-account-without-role", "service-account-without-active-key", "inactive-with-roles",
    "custom-role-unused", "invitation-expired-or-old", "invitation-of-member", "key-unused", "redundant-role",
    "role-in-deleted-workspace",
)  # fmt: skip


def test_acme_has_a_finding_of_each_kind(shell: Shell) -> None:
    frame = shell.run("%zenpro audit --with workspaces --usage 90d --all")
    found = set(frame.loc[frame.status == "failed", "check"])
    missing = set(CHECKS) - ELSEWHERE - found
    assert not missing, (
        f"Seed a finding of {missing} in `seed_findings` of sandbox/seed/organizations.py, or enter it in ELSEWHERE."
    )
    assert not found & ELSEWHERE
    unread = " ".join(frame.loc[frame.status == "unknown", "reason"])
    stopped = shell.run("%zenpro workspaces --where status!=available --columns name")["name"]
    assert all(name in unread for name in [*stopped, "agents"])
    assert shell.run("%zenpro audit --org acme-labs --check too-few-org-admins").principal.isna().tolist() == [True]


def test_the_most_severe_comes_first_and_the_footer_sums_up(shell: Shell) -> None:
    frame = shell.run("%zenpro audit --min-severity medium")
    assert frame.severity.tolist() == sorted(frame.severity, key=["high", "medium"].index)
    failed = frame[frame.status == "failed"]
    high, medium = ((failed.severity == item).sum() for item in ("high", "medium"))
    counts = f"{high} high, {medium} medium · 0 unknown"
    assert frame.attrs["zenpro"]["summary"].startswith(counts)


def test_the_check_for_dormant_users_states_its_period(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    found = shell.run("%zenpro audit --check dormant")
    usual = set(found.loc[found.status == "failed", "finding_id"])
    note = capsys.readouterr().err
    assert "Sign-ins are workspace logins, requests with a key, and edits of the account" in note
    failed = found[found.status == "failed"]
    assert failed.severity.tolist() == sorted(failed.severity, reverse=True)  # low before info
    everywhere, elsewhere = (set(failed.principal[failed.severity == word]) for word in ("low", "info"))
    assert everywhere.isdisjoint(elsewhere)
    counts = f"{len(everywhere)} people have no sign-in for 90 days to any workspace that was read; {len(elsewhere)} "
    assert f"note: {counts}only to some (--min-severity low omits them). Sign-ins" in note
    assert failed.reason[failed.severity == "info"].str.contains("elsewhere").all()
    assert "people who never signed in: `%zenpro audit --check no-login --dormant-after 30d`" in note
    absent = shell.run("%zenpro audit --check dormant --check never-signed-in --min-severity low")
    note = capsys.readouterr().err
    never = set(absent.principal[(absent.status == "failed") & (absent.check == "never-signed-in")]) - everywhere
    counts = f": {len(everywhere)} for 90 days, {len(never)} never" if never else ""
    people = f"{len(everywhere | never)} people have no sign-in{'' if never else ' for 90 days'}"
    assert f"note: {people} to any workspace that was read{counts}. Sign-ins" in note
    assert "people who never" not in note
    assert len(wrap(note[note.index("note:") :].strip(), 80).splitlines()) <= 4
    text = frames.text(absent, 120)
    assert absent.severity[absent.status == "unknown"].eq("low").all()
    assert re.search(r"unknown +never-signed-in", text)
    assert f"{(absent.status == 'failed').sum()} findings: " in text
    assert "2 checks without a complete result" in text
    assert list(shell.run("%zenpro audit --check no-login").finding_id) == list(absent.finding_id)
    unknown = absent.reason[absent.status == "unknown"].tolist()
    assert unknown[1:] == ["Unknown for the same reason as dormant."]
    longer = shell.run("%zenpro audit --check dormant --dormant-after 220d")
    stale = set(longer.loc[longer.status == "failed", "finding_id"])
    assert stale < usual
    assert longer.loc[longer.status == "failed", "age_days"].min() >= 220
    assert all(
        row.scope in row.reason and "for " in row.reason for row in longer[longer.status == "failed"].itertuples()
    )
    none = shell.run("%zenpro audit --check dormant --dormant-after 3650d --where status=failed")
    assert none.attrs["zenpro"]["answer"].startswith("no row in acme matches status = failed; ")
    assert "for 3,650 days" in capsys.readouterr().err
    with_others = shell.run("%zenpro audit --dormant-after 220d")
    assert stale < set(with_others["finding_id"])
    assert "no effect on --check superuser" in str(shell.error("%zenpro audit --check superuser --dormant-after 9d"))


def test_every_suggested_command_runs_unchanged(fresh_sandbox: Callable[..., SandboxProcess], shell: Shell) -> None:
    """One command of each check is run; those that fix something remove their finding, the others show something."""
    own = fresh_sandbox()
    shell.run(f"import os; os.environ.update(ZENML_PRO_API_URL={own.url!r}, ZENML_PRO_API_KEY={own.key!r})")
    before = shell.run("%zenpro audit --with workspaces")
    fixed: dict[str, str] = {}
    asking = ("revoke", "remove", "delete", "deactivate", "update", "offboard")
    for _, row in before[before.status == "failed"].drop_duplicates("check").iterrows():
        changes = any(word in row.fix.split()[1:3] for word in asking)
        # The last superuser's rights, which are the caller's own, cannot be revoked.
        more = "--dry-run" if row.check == "superuser" else "--yes" if changes else ""
        result = shell.run(f"{row.fix} {more}")
        assert result is not None, row.fix
        assert changes == (row.check in MENDING), row.fix
        if row.check in MENDING and row.check != "superuser":
            fixed[row.finding_id] = row.fix
    after = shell.run("%zenpro audit --with workspaces")
    assert {fix for finding_id, fix in fixed.items() if finding_id in set(after.finding_id)} == set()
    assert len(fixed) == len(MENDING) - 1


def test_an_accepted_finding_is_muted_until_it_changes(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "mutes.toml"
    file.write_text('[[mute]]\ncheck = "team-of-one"\nreason = "is being built"\nuntil = 2999-01-31\n')
    frame = shell.run(f"%zenpro audit --check team-of-one --mute {file} --fail-on info")
    assert set(frame.status) == {"muted"}
    assert frame.reason[0].endswith("(muted: is being built)")
    file.write_text(f'[[mute]]\nid = "{frame.finding_id[0]}"\nreason = "was being built"\nuntil = 2020-01-31\n')
    assert shell.run(f"%zenpro audit --check team-of-one --mute {file}").status[0] == "failed"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[mute]\n", "line 1"),
        ('[[mute]]\ncheck = "team-of-won"\nreason = "x"\n', "Did you mean 'team-of-one'"),
        ('[[mute]]\ncheck = "team-of-one"\n', "`reason` is required"),
        ('[[mute]]\nreason = "x"\n', "exactly one of `id` and `check`"),
        ('[[mute]]\ncheck = "team-of-one"\nreason = "x"\nuntil = "2027"\n', "`until` must be a date"),
        ('[[mute]]\ncheck = "team-of-one"\nreasons = "x"\n', "'reasons'"),
        ("mute = 3\n", "[[mute]]"),
    ],
)
def test_an_invalid_mute_file_is_one_line(shell: Shell, tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "mutes.toml"
    file.write_text(text)
    error = shell.error(f"%zenpro audit --mute {file}")
    assert isinstance(error, UsageError)
    assert words in str(error)
    assert str(file) in str(error)


def test_a_cell_fails_after_the_table(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    error = shell.error("%zenpro audit --check service-account-is-admin --fail-on medium")
    assert isinstance(error, FindingsError)
    assert str(error).startswith("1 finding of severity medium or worse")
    assert error.findings.principal.tolist() == ["bot:deploy-bot"]  # type: ignore[attr-defined]
    assert "[1 rows x 10 columns]" in capsys.readouterr().out
    assert len(shell.run("%zenpro audit --check team-of-one --fail-on high"))


def test_the_shell_exits_with_three(sandbox: SandboxProcess) -> None:
    env = os.environ | {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key}

    def audit(*words: str) -> Completed:
        return in_process(["audit", "--org", "acme", "--format", "csv", *words], env)

    found = audit("--check", "service-account-is-admin", "--fail-on", "high")
    assert found.returncode == 3
    assert b"FindingsError" in found.stderr
    assert b"zenpro roles revoke 'Organization Admin' --service-account deploy-bot --org acme" in found.stdout
    assert audit("--check", "team-of-one", "--fail-on", "high").returncode == 0


def test_useless_options_are_refused(shell: Shell) -> None:
    for option in ("--raw", "--check nonsense", "--min-severity grave", "--at never-taken"):
        assert isinstance(shell.error(f"%zenpro audit {option}"), UsageError), option


def test_a_capture_can_be_audited(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZENPRO_CAPTURES_DIR", str(tmp_path))
    shell.run("%zenpro captures create then")
    then = shell.run("%zenpro audit --at then")
    now = shell.run("%zenpro audit")
    ids = [set(frame.loc[frame.status == "failed", "finding_id"]) for frame in (then, now)]
    assert ids[1] - ids[0] == set(now.loc[now.check == "custom-role-reads-secrets", "finding_id"]), "it asks a filter"
    assert ids[0] <= ids[1]


def test_the_checks_report_what_they_cannot_determine(shell: Shell) -> None:
    frame = shell.run("%zenpro audit checks")
    assert frame.check.tolist() == list(CHECKS)
    assert "second factor" in " ".join(frame.limitations.dropna())


def test_sentences_and_lines_are_whole_and_the_severity_is_a_sign(shell: Shell) -> None:
    frame = shell.run("%zenpro audit --min-severity high")
    html = shell.ip.display_formatter.format(frame)[0]["text/html"]  # type: ignore[union-attr]
    longest = max(frame.reason, key=len)
    assert longest in unescape(html), "a reason is wrapped, and not cut"
    assert 'class="zp-state zp-bad"' in html


def test_former_names_of_checks(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "mutes.toml"
    file.write_text("".join(f'[[mute]]\ncheck = "{former}"\nreason = "known"\n' for former in FORMER_NAMES))
    checks = " ".join(f"--check {former}" for former in FORMER_NAMES)
    frame = shell.run(f"%zenpro audit {checks} --all --mute {file} --with workspaces")
    assert set(frame.check) == set(FORMER_NAMES.values())
    assert set(frame.status) <= {"muted", "ok"}


def test_a_command_that_withdraws_an_invitation_names_the_email_and_is_not_torn(shell: Shell) -> None:
    frame = shell.run("%zenpro audit --check invitation-expired-or-old")
    assert all(row.fix == f"%zenpro invitations revoke {row.principal}" for row in frame.itertuples())
    for width in (60, 80, 120):
        text, folded = tables.table(frames.whole_columns(frame), width)
        assert "fix" not in folded
        for email in frame["principal"]:
            assert re.search(rf"(^|\s){re.escape(email)}$|{re.escape(email)}\s", text, re.MULTILINE), (width, email)


def test_a_narrow_terminal_shows_the_finding_and_the_fix_below_it(shell: Shell) -> None:
    frame = shell.run("%zenpro audit --check inactive-with-roles --limit 3")
    text, folded = tables.table(frames.whole_columns(frame), 60)
    head, below = text.splitlines()[:2]
    assert head.split() == ["severity", "principal", "reason"]
    assert below == "  fix"
    assert {"severity", "reason", "fix"}.isdisjoint(folded)
    assert [line.strip() for line in text.splitlines() if line.startswith("  %zenpro users offboard")] == [
        fix for fix in frame.fix if "users offboard" in fix
    ]


def test_the_state_is_shown_only_if_it_differs_and_counts_are_of_all_findings(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    every = shell.run("%zenpro audit --check inactive-with-roles")
    assert frames.foot_line(every).startswith(f"{len(every)} findings · {len(every)} high")
    assert "1 more column: status" in frames.foot_line(every)
    some = shell.run("%zenpro audit --check inactive-with-roles --limit 2")
    assert frames.foot_line(some).startswith(f"2 of {len(every)} findings · {len(every)} high")
    capsys.readouterr()
    dormant = shell.run("%zenpro audit --check dormant")
    assert set(dormant.status) == {"failed", "unknown"}
    # The warning names the workspaces; the row also contains the reason and the command.
    assert "workspaces get vision-lab" not in capsys.readouterr().err + frames.foot_line(dormant)
    assert "· without a ZenML server: agents" in frames.foot_line(dormant)
    assert "; without a ZenML server: agents. " in dormant.reason.iloc[-1]
    assert "1 more column" not in frames.foot_line(dormant)
    assert dormant[dormant.status == "unknown"].reason.str.contains("See `%zenpro workspaces get vision-lab`").all()
