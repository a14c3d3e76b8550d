"""A sealed secret opens in its own place with its own key, and nowhere else."""

import dataclasses

import pytest
from pytest_django import Settings

from portal.lib import vault
from portal.lib.vault import CannotOpen, NoKey, Place

PLACE = Place(table="supplier", column="api_key", row="dgf-1", dealer=7)
OLD, NEW = vault.new_key("k1"), vault.new_key("k2")


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.KONTER_ENCRYPTION_KEYS = [OLD]


def test_a_sealed_text_opens_in_its_place() -> None:
    sealed = vault.seal("kunci-rahasia é", aad=PLACE)
    assert vault.open_(sealed, aad=PLACE) == "kunci-rahasia é"


def test_a_sealed_value_names_its_version_and_key_and_shows_nothing_else() -> None:
    one, two = (vault.seal("kunci-rahasia", aad=PLACE) for _ in range(2))
    assert one.split(".")[:2] == ["v1", "k1"]
    assert "rahasia" not in one
    assert one != two, "a nonce was used twice"


@pytest.mark.parametrize("field", ["table", "column", "row", "dealer"])
def test_a_value_moved_to_another_place_does_not_open(field: str) -> None:
    sealed = vault.seal("kunci-rahasia", aad=PLACE)
    with pytest.raises(CannotOpen):
        vault.open_(sealed, aad=dataclasses.replace(PLACE, **{field: "elsewhere"}))


def test_two_places_that_only_concatenate_alike_are_different() -> None:
    sealed = vault.seal("x", aad=Place(table="ab", column="c", row="1", dealer="2"))
    with pytest.raises(CannotOpen):
        vault.open_(sealed, aad=Place(table="a", column="bc", row="1", dealer="2"))


def test_another_key_under_the_same_id_does_not_open(settings: Settings) -> None:
    sealed = vault.seal("kunci-rahasia", aad=PLACE)
    settings.KONTER_ENCRYPTION_KEYS = [vault.new_key("k1")]
    with pytest.raises(CannotOpen):
        vault.open_(sealed, aad=PLACE)


def test_a_key_that_left_the_ring_does_not_open(settings: Settings) -> None:
    sealed = vault.seal("kunci-rahasia", aad=PLACE)
    settings.KONTER_ENCRYPTION_KEYS = [NEW]
    with pytest.raises(CannotOpen):
        vault.open_(sealed, aad=PLACE)


def test_every_changed_character_is_noticed() -> None:
    sealed = vault.seal("kunci", aad=PLACE)
    for place, char in enumerate(sealed[:-1]):  # the last one holds bits that base64 ignores
        changed = sealed[:place] + ("A" if char != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(CannotOpen):
            vault.open_(changed, aad=PLACE)


@pytest.mark.parametrize("value", ["", "kunci-rahasia", "v1.k1", "v1.k1.!.!", "v1.k1..", "v2.k1.AAAA.AAAA"])
def test_what_was_never_sealed_does_not_open(value: str) -> None:
    with pytest.raises(CannotOpen):
        vault.open_(value, aad=PLACE)


def test_rotation_seals_with_the_first_key_and_opens_with_all(settings: Settings) -> None:
    sealed = vault.seal("kunci-rahasia", aad=PLACE)
    settings.KONTER_ENCRYPTION_KEYS = [NEW, OLD]
    assert vault.open_(sealed, aad=PLACE) == "kunci-rahasia"
    moved = vault.resealed(sealed, aad=PLACE)
    assert moved.split(".")[1] == "k2"
    assert vault.resealed(moved, aad=PLACE) == moved
    settings.KONTER_ENCRYPTION_KEYS = [NEW]
    assert vault.open_(moved, aad=PLACE) == "kunci-rahasia"


def test_a_look_up_finds_equal_values_under_old_and_new_keys(settings: Settings) -> None:
    stored = vault.lookup_hash("+6281234567890", purpose="phone")
    assert stored == vault.lookup_hash("+6281234567890", purpose="phone")
    assert stored != vault.lookup_hash("+6281234567891", purpose="phone")
    assert stored != vault.lookup_hash("+6281234567890", purpose="meter")
    settings.KONTER_ENCRYPTION_KEYS = [NEW, OLD]
    assert vault.lookup_hash("+6281234567890", purpose="phone") != stored
    assert stored in vault.lookup_hashes("+6281234567890", purpose="phone")


@pytest.mark.parametrize("keys", [[], [""], ["only-for-commands"], ["k1:kort"], ["k.1:" + "A" * 43], [OLD, OLD]])
def test_a_ring_that_is_no_ring_fails_when_it_is_used(settings: Settings, keys: list[str]) -> None:
    settings.KONTER_ENCRYPTION_KEYS = keys
    with pytest.raises(NoKey):
        vault.seal("kunci-rahasia", aad=PLACE)


def test_no_error_shows_a_key_or_a_plain_text(settings: Settings) -> None:
    sealed = vault.seal("kunci-rahasia", aad=PLACE)
    with pytest.raises(CannotOpen) as closed:
        vault.open_(sealed, aad=dataclasses.replace(PLACE, row="2"))
    settings.KONTER_ENCRYPTION_KEYS = ["geheim-sleutel"]
    with pytest.raises(NoKey) as no_key:
        vault.seal("kunci-rahasia", aad=PLACE)
    shown = repr(closed.value) + repr(closed.value.__cause__) + repr(no_key.value)
    assert "rahasia" not in shown
    assert "geheim" not in shown
