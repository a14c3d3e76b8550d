"""An order code survives being read aloud, and a typing error in it is always noticed."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib import ids

BODIES = st.text(alphabet=ids.ALPHABET, min_size=10, max_size=10)


def test_a_new_code_is_eleven_characters_of_the_alphabet_and_its_own_normal_form() -> None:
    codes = {ids.new_order_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 11 and set(code) <= set(ids.ALPHABET) and ids.normalise(code) == code for code in codes)


def _wrong_characters(code: str) -> list[str]:
    return [
        code[:place] + other + code[place + 1 :]
        for place, other in itertools.product(range(len(code)), ids.ALPHABET)
        if other != code[place]
    ]


def _accepted(code: str) -> bool:
    try:
        ids.normalise(code)
    except ids.BadCode:
        return False
    return True


@given(BODIES)
def test_every_single_wrong_character_is_noticed(body: str) -> None:
    code = body + ids.check_character(body)
    wrong = _wrong_characters(code)
    assert len(wrong) == 11 * 31
    assert not [one for one in wrong if _accepted(one)]


def test_every_swap_of_two_neighbours_is_noticed_for_every_pair_of_characters() -> None:
    missed = []
    for place, (one, other) in itertools.product(range(10), itertools.permutations(ids.ALPHABET, 2)):
        if place == 9:
            body = next(b for b in (f"K7M3Q9XA{x}{one}" for x in ids.ALPHABET) if ids.check_character(b) == other)
        else:
            body = ("K7M3Q9XA2B"[:place] + one + other + "K7M3Q9XA2B")[:10]
        code = body + ids.check_character(body)
        assert (code[place], code[place + 1]) == (one, other)
        swapped = code[:place] + other + one + code[place + 2 :]
        if _accepted(swapped):
            missed.append((place, one, other))
    assert not missed


@given(BODIES, st.integers(0, 10), st.integers(0, 10))
def test_swaps_at_a_distance_are_noticed_too(body: str, first: int, second: int) -> None:
    code = list(body + ids.check_character(body))
    if code[first] == code[second]:
        return
    code[first], code[second] = code[second], code[first]
    assert not _accepted("".join(code))


def test_a_code_is_read_in_lower_case_with_dashes_spaces_and_look_alikes() -> None:
    body = "0123456701"
    code = body + ids.check_character(body)
    typed = f" {code[:4]}-{code[4:8]} {code[8:]} ".lower().replace("0", "o").replace("1", "l")
    assert typed != code
    assert ids.normalise(typed) == code
    assert ids.normalise(code.replace("1", "I").replace("0", "O")) == code
    assert ids.normalise(ids.grouped(code)) == code


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "length"),
        ("K7M", "length"),
        ("K7M3Q9XA2BCD5", "length"),
        ("U7M3Q9XA2BC", "characters"),
        ("K7M3Q9XA2B!", "characters"),
    ],
)
def test_what_is_no_code_says_why(text: str, reason: str) -> None:
    with pytest.raises(ids.BadCode) as refusal:
        ids.normalise(text)
    assert refusal.value.reason == reason


def test_a_receipt_code_has_a_hundred_bits_and_is_read_as_generously() -> None:
    code = ids.new_receipt_code()
    assert len(code) == 20
    assert len(ids.ALPHABET) ** len(code) == 2**100
    assert ids.normalise_receipt(ids.grouped(code).lower()) == code


def test_secrets_and_tokens_never_repeat_and_need_no_quoting() -> None:
    made = [ids.new_secret() for _ in range(200)] + [ids.new_token() for _ in range(200)]
    assert len(set(made)) == 400
    assert all(one.replace("-", "").replace("_", "").isalnum() for one in made)
    assert {len(one) for one in made} == {22, 32}
