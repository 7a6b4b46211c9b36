"""The reviews of this machine: one JSON file each, written atomically.

JSON, not Parquet as for captures: a review is small and rewritten with each decision, so it is a single file. It
    contains metadata and rows, and can be read years later without special tools.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from zenpro_nb import limits
from zenpro_nb.access.reviews.model import Review
from zenpro_nb.errors import ReviewError, SaveError, UnknownNameError, UsageError
from zenpro_nb.files.atomic import file_lock, replace_file
from zenpro_nb.files.paths import STATE_VARIABLE, reviews_directory
from zenpro_nb.inventory.capture import folder_of
from zenpro_nb.journal.commands import undone_requests
from zenpro_nb.journal.journal import Journal
from zenpro_nb.syntax.suggestions import did_you_mean

# Major and minor. A minor version adds facts, which older readers ignore.
FORMAT = (1, 0)
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


class _File(msgspec.Struct, frozen=True):
    """The content of a review's file."""

    format: str
    sha256: str
    review: Review


class StoredReview(msgspec.Struct, frozen=True):
    """A review and its file."""

    path: Path
    review: Review


class Reviews:
    """The reviews in a folder.

    Args:
        root: the folder; by default that of the settings.

    Example:
        >>> reviews = Reviews(Path("reviews"))
        >>> _ = reviews.create(Review("q4", server="https://pro.example.com", organization_id="5b0c"))
        >>> [stored.review.name for stored in reviews.of("https://pro.example.com", "5b0c")]
        ['q4']
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or reviews_directory()

    def every(self, damaged: list[ReviewError] | None = None) -> list[StoredReview]:
        """Return all reviews, oldest first.

        Args:
            damaged: receives the errors of reviews that cannot be read.

        Raises:
            ReviewError: a review cannot be read and `damaged` is None.
        """
        return self._read("server=*/organization=*", damaged)

    def of(self, server: str, organization_id: str, damaged: list[ReviewError] | None = None) -> list[StoredReview]:
        """Return the reviews of an organization, oldest first; see `every`."""
        return self._read(folder_of(server, organization_id).as_posix().replace("[", "[[]"), damaged)

    def _read(self, below: str, damaged: list[ReviewError] | None) -> list[StoredReview]:
        reviews = []
        for path in sorted(self.root.glob(f"{below}/*.json")):
            try:
                reviews.append(StoredReview(path, _read_review(path)))
            except ReviewError as error:
                if damaged is None:
                    raise
                damaged.append(error)
        return sorted(reviews, key=lambda review: (review.review.created, review.review.name))

    def find(self, name: str, server: str, organization_id: str) -> StoredReview:
        """Return the review of this name, in whatever letters.

        Raises:
            UnknownNameError: there is none.
            ReviewError: it cannot be read.
        """
        path = self._path(server, organization_id, name)
        if not path.exists():
            names = [review.review.name for review in self.of(server, organization_id, [])]
            hint = did_you_mean(name, names, "List them: `reviews`." if names else "Create one: `reviews create NAME`.")
            raise UnknownNameError(f"There is no review {name!r}", hint=hint)
        return StoredReview(path, _read_review(path))

    def create(self, review: Review) -> StoredReview:
        """Save a new review.

        Raises:
            UsageError: the name is taken, or too long.
            SaveError: it cannot be written.
        """
        if len(review.name) > limits.REVIEW_NAME:
            raise UsageError(
                f"The name of the review is too long: {len(review.name)} characters",
                hint=f"At most {limits.REVIEW_NAME} are allowed.",
            )
        path = self._path(review.server, review.organization_id, review.name)
        with self._writing():
            self.require_new(review.name, review.server, review.organization_id)
            _write(path, review)
        return StoredReview(path, review)

    def require_new(self, name: str, server: str, organization_id: str) -> None:
        """Refuse a name that is taken.

        Raises:
            UsageError: the name is taken.
        """
        if self._path(server, organization_id, name).exists():
            raise UsageError(f"The review {name!r} already exists", hint="Choose another name, or delete it first.")

    def update(self, name: str, server: str, organization_id: str, change: Callable[[Review], Review]) -> StoredReview:
        """Read, change and write a review under a lock.

        Raises:
            UnknownNameError: there is none.
            ReviewError: it cannot be read.
            SaveError: it cannot be written; the earlier content is kept.
        """
        with self._writing():
            stored_review = self.find(name, server, organization_id)
            changed = change(stored_review.review)
            if changed != stored_review.review:
                _write(stored_review.path, changed)
        return StoredReview(stored_review.path, changed)

    def delete(self, stored_review: StoredReview) -> None:
        """Delete a review.

        Raises:
            SaveError: it cannot be deleted.
        """
        with self._writing():
            stored_review.path.unlink(missing_ok=True)

    def _path(self, server: str, organization_id: str, name: str) -> Path:
        """Return the file of a review: its name in characters that every file system allows, and a digest.

        >>> Reviews(Path("r"))._path("http://x", "5b0c", "Q4 / 2026").name
        'q4-2026-a04d3e43.json'
        """
        folded_name = name.strip().casefold()
        readable = _UNSAFE.sub("-", folded_name).strip("-")[: limits.REVIEW_NAME]
        marked = hashlib.sha256(folded_name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        return self.root / folder_of(server, organization_id) / f"{readable or 'review'}-{marked}.json"

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Lock the folder for one writer, and convert system errors to one line."""
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            with file_lock(self.root / ".lock"):
                yield
        except OSError as error:
            raise SaveError(
                f"The reviews in {self.root} cannot be changed: {error.strerror or error}",
                hint=f"Set {STATE_VARIABLE} to a writable folder.",
            ) from None


def _write(path: Path, review: Review) -> None:
    version = ".".join(map(str, FORMAT))
    content = msgspec.json.encode(_File(version, review.sha256, review))
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(exist_ok=True, mode=0o700)
    with replace_file(path, private=True) as temporary:
        temporary.write_bytes(msgspec.json.format(content, indent=1))


def _read_review(path: Path) -> Review:
    """Return the review in a file; the journal of this machine knows which of its revocations were undone since."""
    review = _decode(path)
    if not any(row.request_id and (row.is_settled or row.is_undone) for row in review.rows):
        return review
    undone = undone_requests(Journal().entries(), review.server)
    return review.with_rows([row.with_undo(undone) for row in review.rows])


def _decode(path: Path) -> Review:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _damage_error(path, error.strerror or str(error)) from None
    _require_known(path, content)
    try:
        file = msgspec.json.decode(content, type=_File)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _damage_error(path, str(error)) from None
    if file.review.sha256 != file.sha256:
        raise _damage_error(path, "it was changed")
    return file.review


class _Head(msgspec.Struct, frozen=True):
    format: str = ""


def _require_known(path: Path, content: bytes) -> None:
    try:
        version = msgspec.json.decode(content, type=_Head).format
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _damage_error(path, str(error)) from None
    if version.partition(".")[0] != str(FORMAT[0]):
        raise _damage_error(path, f"its format {version or 'is missing'} is unknown to this version")


def _damage_error(path: Path, why: str) -> ReviewError:
    return ReviewError(f"The review's file {path} cannot be read: {why}", hint="Move it out of the folder.")
