"""Pages and e-mails promise no e-mail that its reader can stop: what they may have stopped is said to be so."""

import re
from collections.abc import Iterator
from pathlib import Path

from outbox.kinds import registered

ROOT = Path(__file__).parents[2]
PLACES = ("templates", "accounts", "cohorts", "matching", "engagements", "mentorship")
# What promises an e-mail, up to the end of its sentence.
WORDS = (
    "(?:are|is) (?:written to|reminded)",
    "we write to you",
    "we remind",
    "reminder goes out",
    "invitation (?:for the calendar )?(?:then )?goes to (?:both|you)",
    "gets? an invitation by e-mail",
)
PROMISE = re.compile(rf"[^.;:\"%{{}}<>]*\b(?:{'|'.join(WORDS)})\b[^.;\"<>]*", re.IGNORECASE)
STOPPED = re.compile(r"unless .* stopped")
# Sentences that promise one of a kind which nobody can stop, or say what is done at an assistant's or a writer's wish.
OF_KIND = {
    "they enrol you once one is, and you are written to": "enrolment_approved",
    "You are written to when somebody would like you as a mentor": "request_asked",
    "You are written to as soon as it is settled": "enrolment_approved",
    "You are written to as soon as somebody does": "request_asked",
    "We write to you when it is given": "enrolment_approved",
    "you are written to then": "enrolment_approved",
    "and are not written to about them": "",
    "They are written to as well": "",
    "They are not written to": "",
    "each cohort is written to by itself": "",
    "nobody is written to": "",
    "nothing is written to them": "",
    "is written to about meeting times": "",
    "changed whether %(name)s is written to about meeting times": "",
}


def promises() -> Iterator[tuple[str, str]]:
    """Each sentence that promises an e-mail, with its file."""
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*")):
            if path.suffix not in {".html", ".txt", ".py"} or "migrations" in path.parts:
                continue
            text = path.read_text()
            if path.suffix == ".py":  # sentences for people, neither comments nor docstrings
                text = "\n".join(re.findall(r"_\(\s*((?:\"[^\"]*\"\s*)+)", text))
                text = re.sub(r"\"\s*\n\s*\"", "", text)
            for found in PROMISE.findall(text):
                yield " ".join(found.split()), str(path.relative_to(ROOT))


def test_every_promise_of_an_e_mail_holds_for_whoever_reads_it() -> None:
    stoppable = {name for name, kind in registered().items() if not kind.contractual}
    assert "check_in_due" in stoppable, "the control"
    found = list(promises())
    assert found, "the pattern finds the sentences there are"
    broken = [
        (sentence, path)
        for sentence, path in found
        if not STOPPED.search(sentence)
        and not any(known in sentence and kind not in stoppable for known, kind in OF_KIND.items())
    ]
    assert broken == []
