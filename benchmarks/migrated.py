"""A database that benchmarks of the domain write to, with the settings of the tests."""

import os


def set_up(database: str) -> None:
    """Let Django use the database at this address, and migrate it. There is no broker: workers are not woken."""
    os.environ.update(DATABASE_URL=database, DJANGO_SETTINGS_MODULE="mentorship.settings.test")
    os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
