"""%zenpro and %%zenpro in a shell."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from tests.shell.conftest import Shell
from zenpro_nb import frames
from zenpro_nb.errors import InterruptedReadError, ReadOnlyError, UnknownNameError, UsageError
from zenpro_nb.frontends.notebook import NotebookUI


def counts(shell: Shell) -> list[int]:
    manager = shell.ip.magics_manager
    return [
        len(manager.magics["line"]),
        len(manager.magics["cell"]),
        len(manager.registry),
        len(shell.ip.configurables),
        len(shell.ip.Completer.custom_matchers),
    ]


def test_unloading_reverses_loading() -> None:
    shell = Shell()
    shell.run("%unload_ext zenpro_nb")  # IPython registers its own magics for extensions at their first use
    before = counts(shell)
    for _ in range(3):
        shell.run("%load_ext zenpro_nb")
        loaded = counts(shell)
        shell.run("%reload_ext zenpro_nb")
        assert counts(shell) == loaded != before
        shell.run("%unload_ext zenpro_nb")
        assert counts(shell) == before
    assert shell.ip.run_cell("%zenpro").error_in_exec is not None


def test_a_listing_is_a_value_wherever_python_takes_one(shell: Shell) -> None:
    assert isinstance(shell.run("%zenpro users --limit 3"), pd.DataFrame)
    shell.run("df: object = %zenpro users --limit 3")
    assert len(shell.value("df")) == 3
    shell.run("for n in (1, 2):\n    got = %zenpro users --limit $n")
    assert len(shell.value("got")) == 2
    shell.run("a, b = %zenpro users --limit 2 --as records  # two of them")
    assert shell.value("a")["email"] != shell.value("b")["email"]


def test_locals_of_a_function_are_seen(shell: Shell) -> None:
    shell.run(
        "def find(who):\n    found = %zenpro users get $who\n    return found\nada = find('ada@example.com')",
    )
    assert shell.value("ada").name[0] == "Ada Lovelace"


def test_a_value_can_never_become_an_option(shell: Shell) -> None:
    shell.run("who = '--help'")
    error = shell.error("%zenpro users get $who")
    assert isinstance(error, UnknownNameError)
    assert "'--help'" in str(error)


def test_a_cell_runs_its_lines_in_order_and_shows_them(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    result = shell.run("%%zenpro\n# who is there\nusers --limit 2 --columns email\n\nteams \\\n  --limit 1")
    assert result.columns[0] == "name"
    assert "ada@example.com" in capsys.readouterr().out


def test_a_cell_stops_at_its_first_error_and_names_the_line(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    error = shell.error("%%zenpro\nusers --limit 1 --out first\nusres\nusers --limit 1 --out second")
    assert str(error).startswith("Line 3: There is no command 'usres'")
    assert "first" in shell.ip.user_ns
    assert "second" not in shell.ip.user_ns


def test_an_interrupt_is_one_line_about_the_running_operation(shell: Shell) -> None:
    shell.run("def stop(): raise KeyboardInterrupt('POST /teams was on its way: look whether it happened.')")
    error = shell.error("%zenpro users --email {stop()}")
    assert type(error) is InterruptedReadError
    assert str(error).startswith("`users --email {stop()}` was stopped by Ctrl-C. POST /teams was on its way")


@pytest.mark.parametrize("rendering", ["text", "html"])
def test_an_interrupt_while_a_table_is_displayed_is_one_line(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], rendering: str
) -> None:
    def interrupt(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    shell.ip.display_formatter.active_types = ["text/plain", "text/html"]
    monkeypatch.setattr(frames, rendering, interrupt)
    assert isinstance(shell.error("%zenpro teams --limit 1"), KeyboardInterrupt)
    printed = capsys.readouterr().out
    line = "InterruptedReadError: stopped by Ctrl-C while the table was displayed. Run the cell again."
    assert re.sub(r"^Out\[\d\]: ", "", printed.splitlines()[0]) == line  # the number depends on the version of IPython
    assert "Traceback" not in printed


def test_an_interrupt_between_two_lines_of_a_cell(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(ui: NotebookUI, value: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(NotebookUI, "show", interrupt)
    error = shell.error("%%zenpro\nusers --limit 1 --out first\n\nusers --limit 1 --out second")
    assert type(error) is InterruptedReadError
    assert str(error) == "Line 4: stopped by Ctrl-C between two commands. The commands above that line are done."
    assert "first" in shell.ip.user_ns
    assert "second" not in shell.ip.user_ns


def test_the_help_of_a_sandbox_is_one_text(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run("%zenpro sandbox start --help")
    text = capsys.readouterr().out
    assert text.startswith("Usage: %zenpro sandbox start [OPTIONS]\n")
    assert (text.count("OPTIONS"), text.count("Options:"), text.count("--help")) == (1, 1, 1)
    assert "--latency-ms" in text
    assert "--supervised" not in text


def test_words_after_the_cell_magic_are_refused(shell: Shell) -> None:
    assert isinstance(shell.error("%%zenpro users\nteams"), UsageError)


def test_help_is_not_an_error_and_returns_nothing(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.run("%zenpro users --help") is None
    assert "--email" in capsys.readouterr().out


def test_errors_are_one_line(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.error("%zenpro users get nobody@example.com")
    output = capsys.readouterr()
    assert "Traceback" not in output.out + output.err
    assert (output.out + output.err).strip().count("\n") == 0


def test_out_and_save(shell: Shell, tmp_path: object) -> None:
    shell.run(f"folder = {str(tmp_path)!r}")
    shell.run("%zenpro users --limit 4 --out people --save {folder + '/u.parquet'}")
    back = pd.read_parquet(f"{tmp_path}/u.parquet")
    # pandas 2 reads text back as another of its string types, also within categories, with the same values.
    same_types = pd.__version__ >= "3"
    options = {"check_dtype": same_types, "check_categorical": same_types}
    pd.testing.assert_frame_equal(back, shell.value("people"), **options)
    assert back.attrs["zenpro"]["sandbox"] is True


def test_sort_and_limit_give_the_first_of_all(shell: Shell) -> None:
    everyone = shell.run("%zenpro users")
    last = shell.run("%zenpro users --sort -email --limit 2 --columns email")
    assert list(last.email) == sorted(everyone.email.dropna(), reverse=True)[:2]
    assert list(last.columns) == ["email"]
    assert last.attrs["zenpro"]["complete"] is False


def test_the_status_card_mentions_the_sandbox(shell: Shell) -> None:
    card = shell.run("%zenpro")
    for text in (repr(card), card._repr_html_()):
        assert "sandbox" in text
        assert "ada@example.com" in text
        assert "acme" in text


def test_the_status_card_without_a_credential_names_the_next_step(bare_shell: Shell) -> None:
    assert "ZENML_PRO_API_KEY" in repr(bare_shell.run("%zenpro"))


def test_environment_changes_take_effect_immediately(bare_shell: Shell, sandbox: object) -> None:
    bare_shell.run(f"%env ZENML_PRO_API_URL={sandbox.url}")  # type: ignore[attr-defined]
    bare_shell.run(f"import os; os.environ['ZENML_PRO_API_KEY'] = {sandbox.key!r}")  # type: ignore[attr-defined]
    assert len(bare_shell.run("%zenpro users --limit 1")) == 1
    bare_shell.run("del os.environ['ZENML_PRO_API_KEY'], os.environ['ZENML_PRO_API_URL']")


def test_a_backslash_continues_a_command_and_nothing_else(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run(
        "%%zenpro\n# a folder: C:\\data\\\nusers --limit 1 --out seen\n%zenpro teams \\\n  --limit 1 --out group\n"
    )
    assert len(shell.value("seen")) == len(shell.value("group")) == 1


def test_an_empty_list_is_not_a_missing_option(shell: Shell) -> None:
    shell.run("nobody = []")
    assert "contains no values" in str(shell.error("%zenpro roles assign 'Workspace Viewer' --users $nobody"))


def test_json_of_a_route_takes_no_options_of_frames(shell: Shell) -> None:
    assert "--json cannot be combined with --limit" in str(shell.error("%zenpro api GET /users --json --limit 2"))


def test_a_dead_sandbox_is_known_as_such(bare_shell: Shell) -> None:
    bare_shell.run("%zenpro sandbox start --users 50")
    bare_shell.run("%zenpro use organization acme-labs")
    session = bare_shell.ip.magics_manager.registry["ZenProMagics"].notebook.session
    session.sandbox.stop()
    assert "no longer running" in str(bare_shell.error("%zenpro users"))
    bare_shell.run("%zenpro sandbox stop")
    assert "not signed in" in repr(bare_shell.run("%zenpro"))


def test_a_column_of_one_row_is_the_one_value(shell: Shell) -> None:
    shell.run("found = %zenpro teams --limit 2")
    shell.run("one = found.head(1)")
    assert shell.run("%zenpro teams get {one.name}")["name"].tolist() == shell.value("one")["name"].tolist()
    assert "contains 2 values" in str(shell.error("%zenpro teams get {found.name}"))


def test_the_magics_lock_the_session(shell: Shell) -> None:
    shell.run("%config ZenProMagics.read_only = True")
    assert "%config ZenProMagics.read_only = True" in str(shell.error("%zenpro me update --company Acme"))
    assert type(shell.error("%zenpro form teams create")).__name__ == "ReadOnlyError"
    assert len(shell.run("%zenpro users --limit 2")) == 2
    assert dict(shell.run("%zenpro").rows)["writes"].startswith("refused: read-only")
    shell.run("%config ZenProMagics.read_only = False")
    assert "writes" not in dict(shell.run("%zenpro").rows)
    assert isinstance(shell.error("%zenpro --read-only me update --company Acme"), ReadOnlyError)
