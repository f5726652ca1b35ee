"""`python -m tests.chaos.seed N [plain]`: the letters of one run, all due, in place of those of the run before."""

import sys
from uuid import uuid4

import django

PEOPLE_WITH_THREE_THINGS = 0.09
NOBODY = 0.02
POISON = 3


def main(count: int, *, plain_only: bool) -> None:
    django.setup()
    from accounts.models import User
    from common.clock import now
    from outbox.domain.post import message_id
    from outbox.models import Letter, Trouble

    Letter.objects.all().delete()
    Trouble.objects.all().delete()
    User.objects.all().delete()
    due_at = now()

    def letter(kind: str, occasion: str, person: User | None = None) -> Letter:
        subject, invitation = uuid4(), None if person else uuid4()
        mid = message_id(kind, subject, person.pk if person else invitation, occasion)
        facts = {"subject_id": subject, "person": person, "invitation_id": invitation, "due_at": due_at}
        return Letter(kind=kind, occasion=occasion, message_id=mid, **facts)

    people = (
        []
        if plain_only
        else [
            User(email=f"{number}@example.org", name="Some Body")
            for number in range(int(count * PEOPLE_WITH_THREE_THINGS))
        ]
    )
    User.objects.bulk_create(people)
    letters = [letter("chaos_thing", str(number), person) for person in people for number in range(3)]
    if not plain_only:
        letters += [letter("chaos_plain", "nobody") for _number in range(int(count * NOBODY))]
        letters += [letter("chaos_poison", "poison") for _number in range(POISON)]
    letters += [letter("chaos_plain", "somebody") for _number in range(count - len(letters))]
    Letter.objects.bulk_create(letters, batch_size=1000)


if __name__ == "__main__":
    main(int(sys.argv[1]), plain_only="plain" in sys.argv)
