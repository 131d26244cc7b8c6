"""A sentence that was made in English is told in the reader's language, with all that is in it."""

import copy
import json

from django.utils.translation import override

from stammis.core.wording import Worded, as_plain, as_worded, of_plain, together
from stammis.kit.errors import Invalid
from stammis.kit.telling import told, told_again

SCOPE = "There is no scope «%(name)s». The scopes are: %(known)s."
SAID = Worded(SCOPE, name="a", known=Worded("Members"))
ENGLISH = "There is no scope «a». The scopes are: Members."
FINNISH = "Oikeutta «a» ei ole. Oikeudet: Jäsenet."


def test_a_sentence_is_english_for_programs_and_told_to_a_person_with_the_sentences_inside_it() -> None:
    assert SAID == ENGLISH
    assert told(SAID) == ENGLISH
    with override("fi"):
        assert told(SAID) == FINNISH
        assert told(together(SAID, Worded("Members"))) == f"{FINNISH} Jäsenet"


def test_a_sentence_that_no_catalogue_knows_stays_english() -> None:
    with override("fi"):
        assert told(Worded("Nobody said «%(name)s» before.", name="a")) == "Nobody said «a» before."
        assert told("100 % of nobody") == "100 % of nobody"
        assert told("") == ""


def test_a_sentence_that_was_kept_is_told_like_the_one_that_was_made() -> None:
    kept = json.loads(json.dumps(as_plain(SAID)))
    assert of_plain(kept) == ENGLISH
    assert as_plain(Worded("Members")) is None
    assert as_plain("Members") is None
    with override("fi"):
        assert told_again(ENGLISH, kept) == FINNISH
        assert told_again("Members") == "Jäsenet"


def test_a_copy_remembers_as_much() -> None:
    for again in (copy.copy(SAID), copy.deepcopy(SAID), as_worded(SAID)):
        with override("fi"):
            assert told(again) == FINNISH


def test_what_is_wrong_with_fields_is_told_in_the_reader_s_language_and_kept_in_english() -> None:
    error = Invalid(errors=[{"pointer": "/scopes", "code": "unknown_scope", "message": SAID}])
    with override("fi"):
        assert [each["message"] for each in error.told_errors()] == [FINNISH]
    assert error.errors[0]["message"] == ENGLISH
    assert Invalid(SAID).message == ENGLISH
    with override("fi"):
        assert Invalid(SAID).told() == FINNISH
