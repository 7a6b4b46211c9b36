"""A capture: an inventory in a folder, with one Parquet file per list and a manifest that describes each list."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec.structs import replace

from zenpro_nb import frames
from zenpro_nb.access import LISTS, Gap, GapReason, Inventory, InventoryList, list_of
from zenpro_nb.errors import CaptureError
from zenpro_nb.files.atomic import write_private
from zenpro_nb.resources import Column, DataType
from zenpro_nb.security.masking import mask
from zenpro_nb.security.secret import scrub, scrub_data

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "manifest.json"
# Major and minor. A minor version adds columns, lists and facts, which older readers ignore.
FORMAT = (1, 0)
_FORMER_KINDS = {"service account": "service-account"}
STAMP = "%Y-%m-%dT%H%M%S.%fZ"  # no colon, because Windows does not allow it in file names


class GapEntry(msgspec.Struct, frozen=True):
    """Why a list is incomplete; see `Gap`."""

    reason: GapReason
    message: str
    parts: dict[str, str] = {}


class ListEntry(msgspec.Struct, frozen=True):
    """The entry of a list in the manifest; see `InventoryList`. The digest is the SHA-256 of its file."""

    rows: int
    digest: str
    complete: bool
    changed: bool = False
    started: datetime | None = None
    finished: datetime | None = None
    fields: list[str] = []
    gap: GapEntry | None = None


class Manifest(msgspec.Struct, frozen=True):
    """The manifest of a capture."""

    format: str
    name: str
    server: str
    organization_id: str
    organization_name: str
    started: datetime
    finished: datetime
    lists: dict[str, ListEntry]
    sandbox: bool = False
    requests: int = 0


class Capture(msgspec.Struct, frozen=True):
    """A capture on disk.

    Attributes:
        path: its folder.
        manifest: its manifest.
    """

    path: Path
    manifest: Manifest

    def __repr__(self) -> str:
        return f"<Capture {str(self.path)!r}>"

    @property
    def name(self) -> str:
        """Return its name, which is unique within its organization."""
        return self.manifest.name

    @property
    def time(self) -> datetime:
        """Return the start of its reading."""
        return self.manifest.started

    @property
    def list_names(self) -> list[str]:
        """Return the lists that it contains, complete or not."""
        return [name for name in LISTS if (listing := self.manifest.lists.get(name)) and _was_requested(listing)]

    def list(self, name: str) -> InventoryList:
        """Return one list.

        Raises:
            CaptureError: its file is damaged.
            UnknownNameError: an inventory has no such list.
        """
        entry = self.manifest.lists.get(name)
        if entry is None:
            return Inventory()[name]
        path = self.path / f"{name}.parquet"
        try:
            content = path.read_bytes()
        except OSError as error:
            raise damage_error(path, error.strerror or str(error)) from None
        if hashlib.sha256(content).hexdigest() != entry.digest:
            raise damage_error(path, "it was changed")
        try:
            frame = frames.from_table(pq.read_table(io.BytesIO(content)), LISTS[name].columns)
        except (pa.ArrowException, ValueError) as error:
            raise damage_error(path, str(error).partition("\n")[0]) from None
        return list_of(
            name,
            _with_current_kinds(frame),
            fields=frozenset(entry.fields),
            complete=entry.complete,
            changed=entry.changed,
            started=entry.started,
            finished=entry.finished,
            gap=Gap(entry.gap.reason, entry.gap.message, entry.gap.parts) if entry.gap else None,
        )

    def inventory(self) -> Inventory:
        """Return the whole inventory; a list that the capture does not contain is "not asked".

        Raises:
            CaptureError: a file is damaged.
        """
        manifest = self.manifest
        return Inventory.of(
            {name: self.list(name) for name in LISTS},
            organization_id=manifest.organization_id,
            organization_name=manifest.organization_name,
            server=manifest.server,
            sandbox=manifest.sandbox,
            started=manifest.started,
            finished=manifest.finished,
            requests=manifest.requests,
        )


def _with_current_kinds(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame of a list with the current kinds of principals: earlier versions wrote `service account`."""
    if "kind" not in frame.columns:
        return frame
    return frame.assign(kind=frame["kind"].cat.rename_categories(_FORMER_KINDS))


def _was_requested(entry: ListEntry) -> bool:
    return entry.gap is None or entry.gap.reason != "not asked"


def damage_error(path: Path, why: str) -> CaptureError:
    """Return the error for a file of a capture that cannot be read."""
    return CaptureError(f"The capture's file {path} cannot be read: {why}", hint="Move it out of the folder.")


def place_of(inventory: Inventory, time: datetime) -> Path:
    """Return the path of a capture of this inventory below the root, in Hive partitions.

    >>> from datetime import UTC, datetime
    >>> one = Inventory(server="http://127.0.0.1:8000", organization_id="5b0c")
    >>> place_of(one, datetime(2026, 11, 26, 9, tzinfo=UTC)).as_posix()
    'server=127.0.0.1%3A8000/organization=5b0c/taken=2026-11-26T090000.000000Z'
    """
    return folder_of(inventory.server, inventory.organization_id) / f"taken={time.astimezone(UTC):{STAMP}}"


def folder_of(server: str, organization_id: str) -> Path:
    """Return the path of the captures of an organization below the root."""
    host = urlsplit(server).netloc.rpartition("@")[2]
    return Path(f"server={quote(host, safe='')}", f"organization={quote(organization_id, safe='')}")


def write_files(inventory: Inventory, name: str, folder: Path) -> Manifest:
    """Write all files of a capture into an empty folder, and return its manifest.

    Args:
        inventory: with the times of its reading and without secrets; see `masked`.

    Raises:
        OSError: a file cannot be written.
    """
    entries = {}
    for key, list_ in inventory.items():
        content = _parquet(list_)
        write_private(folder / f"{key}.parquet", content)
        entries[key] = ListEntry(
            rows=len(list_),
            digest=hashlib.sha256(content).hexdigest(),
            complete=list_.complete,
            changed=list_.changed,
            started=list_.started,
            finished=list_.finished,
            fields=sorted(list_.fields),
            gap=GapEntry(list_.gap.reason, scrub(list_.gap.message), scrub_data(dict(list_.gap.parts)))
            if list_.gap
            else None,
        )
    started = inventory.started or datetime.now(UTC)
    manifest = Manifest(
        format=".".join(map(str, FORMAT)),
        name=name,
        server=inventory.server,
        organization_id=inventory.organization_id,
        organization_name=inventory.organization_name,
        started=started,
        finished=inventory.finished or started,
        lists=entries,
        sandbox=inventory.sandbox,
        requests=inventory.requests,
    )
    write_private(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    return manifest


def _parquet(list_: InventoryList) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(frames.to_table(list_.frame, list_.type.columns), buffer)
    return buffer.getvalue()


def read(folder: Path) -> Capture:
    """Return the capture in a folder; only its manifest is read.

    Raises:
        CaptureError: it is damaged, or has a newer major format.
    """
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
        body = msgspec.json.decode(content)
        written = str(body["format"])
        major = int(written.partition(".")[0])
    except OSError as error:
        raise damage_error(path, error.strerror or str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, TypeError, KeyError, RecursionError):
        raise damage_error(path, "it is not a manifest") from None
    if major > FORMAT[0]:
        raise CaptureError(
            f"The capture {folder} has format {written}, but this version reads {FORMAT[0]}.x",
            hint="Install a newer zenpro-nb.",
        )
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise damage_error(path, str(error)) from None
    return Capture(folder, manifest)


def mask_secrets(inventory: Inventory) -> Inventory:
    """Return the inventory with credentials in its texts masked, and anything that looks like one."""
    return inventory.with_lists(*(_mask(list_) for _, list_ in inventory.items()))


def _mask(list_: InventoryList) -> InventoryList:
    columns = {column.name: _masked_column(column.kind, list_.frame[column.name]) for column in list_.type.columns}
    changed = {name: values for name, values in columns.items() if values is not None}
    return replace(list_, frame=list_.frame.assign(**changed)) if changed else list_


def _masked_column(kind: DataType, values: Any) -> Any:
    """Return the column without secrets; None if it has none."""
    if kind in (DataType.LIST, DataType.JSON):
        return values.map(lambda cell: scrub_data(mask(cell)), na_action="ignore") if values.notna().any() else None
    if kind not in (DataType.TEXT, DataType.CATEGORY):
        return None
    texts = values.dropna().astype(object).unique().tolist()
    whole = "\n".join(texts)
    if scrub(whole) == whole:
        return None
    replacements: Mapping[str, str] = {text: scrub(text) for text in texts}
    masks = values.astype(object).map(replacements, na_action="ignore").rename("value").to_frame()
    return frames.with_types([Column("value", kind)], masks)["value"]
