"""Pages run when they are built: in order, in the sandbox; the page marks everything that was not run."""

from __future__ import annotations

import pytest

from tests.docs.conftest import FRONT, Build, Built

pytestmark = pytest.mark.docs

WRITES = (
    FRONT.replace("---\n", "---\nsandbox: own\n", 1)
    + """
# Writes

```{code-cell} ipython3
%load_ext zenpro_nb
%zenpro teams create Writers
from pathlib import Path
Path("from-a-cell.txt").write_text("of a cell")
```

```{shell}
cat from-a-cell.txt
zenpro teams get Writers --columns name
```

```{shell}
:exit: 3
exit 3
```

```{shell}
:hide-output:
echo not to be seen | sed s/not/never/
```

```{shell}
:exempt: install
exit 99
```

```{code-cell} ipython3
:tags: [skip-execution]
raise SystemExit
```
"""
)
# Read after the other page, in alphabetical order; has no front matter, because only a shell runs in it.
READS = """# Z reads

```{shell}
zenpro teams --columns name
ls -A
echo "$HOME"
```

```{shell}
:exempt: demo
exit 99
```

```{zenpro-output}
:before: teams create Hidden --dry-run

%zenpro teams get Vision --columns name,description
```
"""
# Read after the page that writes, in the same process.
WRITES_AGAIN = """---
sandbox: own
---

# Writes again

```{shell}
zenpro teams --columns name
```
"""
BROKEN = {
    "cell": FRONT + "# Cell\n\n```{code-cell} ipython3\n1 / 0\n```\n",
    "line": "# Line\n\n```{shell}\nzenpro usres\n```\n",
    "middle": "# Middle\n\n```{shell}\nfalse\ntrue\n```\n",
    "output": "# Output\n\n```{zenpro-output}\n%zenpro usres\n```\n",
    "succeeds": "# Succeeds\n\n```{shell}\n:exit: 3\ntrue\n```\n",
}
REFUSED = {
    "fence": ("# Fence\n\n```bash\nzenpro users\n```\n", "Nothing would run this block of bash"),
    "python": ("# Python\n\n```{note}\n\n~~~python\nusers\n~~~\n```\n", "Nothing would run this block of python"),
    "nested": ("# Nested\n\n````{note}\n```{shell}\ntrue\n```\n````\n", "Unknown directive type: 'shell'"),
    "reason": ("# Reason\n\n```{shell}\n:exempt: slow\ntrue\n```\n", "'slow' is no reason not to run a block"),
    "option": ("# Option\n\n```{shell}\n:hide:\ntrue\n```\n", "not :hide:"),
    "link": ("# Link\n\n[nowhere](nowhere.md)\n", "nowhere.md"),
}


@pytest.fixture(scope="module")
def good(build: Build) -> Built:
    pages = {"writes": WRITES, "writes-again": WRITES_AGAIN, "z-reads": READS}
    return build(pages, place="good")  # without the pages that other tests break


@pytest.fixture(scope="module")
def broken_build(build: Build) -> Built:
    return build(BROKEN, "dummy")


def test_cells_and_shell_blocks_run_in_order_and_in_one_folder(good: Built) -> None:
    assert good.code == 0, good.messages
    page = good.page("writes")
    assert "of a cell" in page
    assert page.count("Writers") >= 3  # the line, its text, and its form in the shell
    assert "never to be seen" not in page


def test_a_page_that_writes_gets_its_own_sandbox_and_each_page_its_own_folder(good: Built) -> None:
    for page in map(good.page, ("writes-again", "z-reads")):
        assert "Platform" in page
        assert "Writers" not in page
    assert "from-a-cell.txt" not in page
    assert "zenpro-docs-" in page  # no user's home


def test_an_output_block_shows_its_lines_and_their_output(good: Built) -> None:
    page = good.page("z-reads")
    assert "%zenpro teams get Vision" in page
    assert "Hidden" not in page
    assert '<div class="output text_html">' in page


def test_blocks_that_are_not_run_are_counted(good: Built) -> None:
    assert "shown, and not run: 3 blocks (cell 1, demo 1, install 1)" in good.messages


@pytest.mark.parametrize("name", BROKEN)
def test_a_failing_block_fails_the_build(broken_build: Built, name: str) -> None:
    assert broken_build.code == 1
    assert ("There is no command" if name == "output" else "Executing notebook failed") in broken_build.warnings(name)


def test_the_message_names_the_failing_block(broken_build: Built) -> None:
    assert "ZeroDivisionError" in broken_build.messages
    assert "There is no command 'usres'" in broken_build.messages
    assert "bash ended with 1, and not with 0" in broken_build.messages
    assert "bash ended with 0, and not with 3" in broken_build.messages


@pytest.fixture(scope="module")
def refused_builds(build: Build) -> list[Built]:
    """The same build twice: a failed page still fails the second time."""
    pages = {name: text for name, (text, _) in REFUSED.items()}
    return [build(pages, "dummy"), build(pages, "dummy")]


@pytest.mark.parametrize("name", REFUSED)
def test_a_page_without_runnable_blocks_is_refused_each_time(refused_builds: list[Built], name: str) -> None:
    for item in refused_builds:
        assert item.code == 1
        assert REFUSED[name][1] in item.warnings(name), item.messages
