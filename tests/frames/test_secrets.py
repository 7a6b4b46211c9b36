"""No secret reaches a frame by any path."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.frames.examples import CANARY, FULL, THINGS, body, everything, read, resource
from zenpro_nb.frames import Decoder, assemble, describe, from_records
from zenpro_nb.resources import RESOURCES, Column, DataType, Paging
from zenpro_nb.security.masking import MASK, SECRET_NAMES, drop, hides, mask

NAMES = [
    "password",
    "key",
    "access_token",
    "enrollment_key",
    "client_secret",
    "auth_key",
    "refresh_token",
    "csrf_token",
    "activation_token",
    "apiKey",
    "Client-Secret",
]
OPEN = resource(schemaless=True)


@pytest.mark.parametrize("kind", [THINGS, OPEN], ids=["declared", "open"])
@pytest.mark.parametrize("raw", [False, True], ids=["typed", "raw"])
@pytest.mark.parametrize("odd", [{}, {"id": 5}], ids=["fast", "lenient"])
def test_no_secret_in_any_frame(kind, raw, odd):
    record = {**FULL, **odd, "more": [{"deep": dict.fromkeys(NAMES, CANARY)}], "values": {"token_of_ours": CANARY}}
    page = Decoder(kind, raw=raw)(body([record]))
    assert CANARY not in repr(page) + repr(page.records) + repr(page.table) + repr(page.unknown) + repr(page.ids)
    assert CANARY not in everything(assemble(kind, [(page, None)], raw=raw))
    assert CANARY not in everything(from_records(kind, [record], raw=raw))


@pytest.mark.parametrize("noun", sorted(RESOURCES))
def test_the_declared_secrets_of_every_resource_stay_out(noun):
    kind = RESOURCES[noun]
    record: dict[str, object] = {"id": "1"}
    for path in kind.secrets:
        *above, last = path.replace("[]", "").split(".")
        level = record
        for name in above:
            level = level.setdefault(name, {})
        level[last] = {"inner": CANARY}
    for raw in (False, True):
        assert CANARY not in everything(read(kind, [record], raw=raw))
        assert CANARY not in everything(from_records(kind, [record], raw=raw))


def test_a_declared_column_with_a_secret_path_is_empty():
    kind = resource(columns=(Column("id", DataType.ID), Column("pin", path="service.status.pin"), Column("password")))
    for record in (FULL, {**FULL, "id": 3}):
        df = read(kind, [record])
        assert df[["pin", "password"]].isna().all(axis=None)
        assert len(df) == 1


def test_an_object_in_a_text_field_reveals_no_secret():
    df = read(THINGS, [{"id": "1", "name": {"first": "Ada", "password": CANARY}, "tags": [{"key": CANARY}]}])
    assert CANARY not in everything(df)
    assert df["name"][0] == '{"first":"Ada"}'


def test_secrets_inside_the_records_of_the_workspace_api():
    kind = resource(
        paging=Paging.PAGE, columns=(Column("id", DataType.ID), Column("values", DataType.JSON, "body.values"))
    )
    page = {"total": 1, "total_pages": 1, "items": [{"id": "1", "body": {"values": {"aws": CANARY}}}]}
    for raw in (False, True):
        assert CANARY not in everything(read(kind, page, raw=raw))


def test_an_undeclared_record_has_no_columns_for_its_secrets():
    record = {"name": "ci", "key": CANARY, "body": {"values": {"aws": CANARY}}, "password": None}
    df = from_records(resource(schemaless=True, columns=()), [record])
    assert df.columns.tolist() == ["name", "body"]
    assert CANARY not in everything(df)


def test_filters_in_the_attrs_are_masked():
    df = from_records(OPEN, [])
    describe(df, server="s", route="r", time="t", filters={"password": CANARY, "name": "x"}, token=CANARY)
    assert CANARY not in repr(df.attrs)
    assert df.attrs["zenpro"]["filters"] == {"password": MASK, "name": "x"}


def test_mask_keeps_the_shape_and_the_original():
    data = {"name": "x", "list": [{"secret": "s", "n": 1}], "values": [1, 2], "password": None}
    assert mask(data) == {"name": "x", "list": [{"secret": MASK, "n": 1}], "values": [1, 2], "password": None}
    assert data["list"] == [{"secret": "s", "n": 1}]


def test_drop_follows_a_path_only_to_its_end():
    data = {"owner": {"metadata": 1, "pet": {"metadata": 2}}, "metadata": 3}
    assert drop(data, ["owner.metadata"]) == {"owner": {"pet": {"metadata": 2}}, "metadata": 3}
    assert drop([{"items": [{"pin": 1, "x": 2}]}], ["items[].pin"]) == [{"items": [{"x": 2}]}]


def test_hides_and_drop_agree():
    assert hides(("a", "owner", "pin"), ["owner.pin"])
    assert hides(("roles[]", "key"), [])
    assert not hides(("owner", "name"), ["owner.pin"])
    assert not hides(("password_expired",), ["password"])


@given(
    st.recursive(
        st.text(max_size=3).filter(lambda text: text != MASK),  # masked values stay masked
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*NAMES, "a"]), inner),
    )
)
def test_no_field_with_a_secret_name_remains(data):
    def names(value):
        if isinstance(value, dict):
            return set(value) | {name for inner in value.values() for name in names(inner)}
        return {name for inner in value for name in names(inner)} if isinstance(value, list) else set()

    assert names(drop(data)) <= {"a"}


def test_the_secret_names_are_in_their_normalized_form():
    assert all(name == name.lower().replace("_", "").replace("-", "") for name in SECRET_NAMES)
