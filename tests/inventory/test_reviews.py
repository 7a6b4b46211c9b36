"""Reviews on disk: written atomically, every decision saved, changed files refused."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from zenpro_nb.access.reviews.decisions import Decision, with_decisions
from zenpro_nb.access.reviews.model import Review, ReviewRow
from zenpro_nb.errors import ReviewError, SaveError, UnknownNameError, UsageError
from zenpro_nb.inventory import Reviews

AT = ("https://pro.example.com", "5b0c")


def review(name: str = "q4", rows: int = 3) -> Review:
    held = [
        ReviewRow(n, f"u{n}@example.com", "user", "role", "Viewer in ws", user_id=str(n)) for n in range(1, rows + 1)
    ]
    return Review(name, *AT, created="2026-11-26T09:00:00Z", rows=tuple(held))


@pytest.fixture
def reviews(tmp_path: Path) -> Reviews:
    return Reviews(tmp_path / "reviews")


def test_a_review_is_read_back_and_readable_only_by_its_owner(reviews: Reviews) -> None:
    new = reviews.create(review())
    assert reviews.find("Q4", *AT).review == review()
    assert stat.S_IMODE(new.path.stat().st_mode) == 0o600
    reviews.update("q4", *AT, lambda item: with_decisions(item, [Decision(2, "keep", "why")], "ada", "t"))
    assert [row.decision for row in reviews.find("q4", *AT).review.rows] == ["", "keep", ""]
    assert stat.S_IMODE(new.path.stat().st_mode) == 0o600
    reviews.delete(reviews.find("q4", *AT))
    with pytest.raises(UnknownNameError, match=r"no review 'q4'.*reviews create"):
        reviews.find("q4", *AT)


def test_names_are_unique_within_an_organization_and_can_contain_any_character(reviews: Reviews) -> None:
    names = ["q4", "../../q4", "Q 4", "ü", "CON", "a/b\\c:d", "x" * 80, "users"]
    for name in names:
        reviews.create(review(name))
    for name in ("q4", "Q4", "../../Q4"):
        with pytest.raises(UsageError, match="already"):
            reviews.create(review(name))
    reviews.create(replace(review("q4"), organization_id="other"))
    assert {item.review.name for item in reviews.of(*AT)} == set(names)
    assert all(reviews.root in item.path.resolve().parents for item in reviews.every())
    with pytest.raises(UsageError, match="too long"):
        reviews.create(review("x" * 81))
    with pytest.raises(UnknownNameError, match="Did you mean"):
        reviews.find("usres", *AT)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("u2@", "eve@"), "it was changed"),
        (lambda text: text[: len(text) // 2], "cannot be read"),
        (lambda text: text.replace('"format": "1.0"', '"format": "2.0"'), "format 2.0 is unknown"),
    ],
)
def test_a_file_changed_by_another_program_is_refused(reviews: Reviews, change: object, words: str) -> None:
    path = reviews.create(review()).path
    path.write_text(change(path.read_text()))  # type: ignore[operator]
    with pytest.raises(ReviewError, match=words):
        reviews.find("q4", *AT)
    damaged: list[ReviewError] = []
    assert reviews.every(damaged) == []
    assert len(damaged) == 1


def test_a_failed_write_keeps_the_earlier_content(reviews: Reviews, monkeypatch: pytest.MonkeyPatch) -> None:
    new = reviews.create(review())

    def full(*paths: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(SaveError, match="No space left"):
            reviews.update("q4", *AT, lambda item: with_decisions(item, [Decision(1, "keep")], "ada", "t"))
    assert reviews.find("q4", *AT).review == review()
    assert list(new.path.parent.iterdir()) == [new.path]


def test_concurrent_decisions_are_all_saved(reviews: Reviews) -> None:
    reviews.create(review(rows=24))

    def decide(first: int) -> None:
        for number in range(first, 25, 4):
            reviews.update("q4", *AT, lambda item, n=number: with_decisions(item, [Decision(n, "keep")], "ada", "t"))

    threads = [threading.Thread(target=decide, args=(first,)) for first in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reviews.find("q4", *AT).review.decided_rows) == 24


def test_the_file_is_plain_json(reviews: Reviews) -> None:
    found = json.loads(reviews.create(review()).path.read_text())
    assert (found["format"], found["review"]["rows"][0]["principal"]) == ("1.0", "u1@example.com")
