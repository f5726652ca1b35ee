"""All kinds of e-mails as a table, in Markdown: what `docs/emails.md` shows, and `manage.py outbox kinds` prints."""

from django.utils import translation

from outbox.kinds import LetterKind, Reader, registered

COLUMNS = ("kind", "what it is", "who gets it", "can be stopped", "gathered", "one a day", "leaves first")


def table() -> str:
    """One row a kind, by name, in English."""
    with translation.override("en"):
        rows = [COLUMNS, ("---",) * len(COLUMNS), *(_row(kind) for _name, kind in sorted(registered().items()))]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(kind: LetterKind) -> tuple[str, ...]:
    readers = ", ".join(reader for reader in Reader if reader in kind.readers)
    facts = (not kind.contractual, kind.item is not None, kind.one_a_day, kind.urgent)
    return f"`{kind.name}`", str(kind.title), readers, *("yes" if fact else "–" for fact in facts)
