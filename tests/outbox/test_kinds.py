"""The registry, and how a letter's words are made."""

from datetime import UTC, datetime

import pytest
from django.test import override_settings

from accounts.models import User
from outbox.kinds import LetterKind, Recipient, absolute_url, person_of, register, registered, render_templates
from outbox.models import Letter
from tests.outbox.conftest import REMINDER, plain

TEMPLATES = {
    "email/sample/subject.txt": "Two minutes\n for {{ topic }}\n",
    "email/sample/body.txt": """{% extends "email/layout.txt" %}{% load ui %}
{% block heading %}{{ topic }}{% endblock %}
{% block body %}By {{ due|clock }} {% endblock %}
{% block action_label %}Start{% endblock %}{% block action_url %}{{ site_url }}/x/{% endblock %}""",
    "email/sample/body.html": """{% extends "email/layout.html" %}{% load ui %}
{% block heading %}{{ topic }}{% endblock %}{% block body %}<p>By {{ due|clock }}</p>{% endblock %}""",
}


@pytest.fixture
def templates(settings):
    """Our sample letter in front of the site's own templates."""
    engine = settings.TEMPLATES[0]
    folders = [
        ("django.template.loaders.locmem.Loader", TEMPLATES),
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ]
    changed = [{**engine, "APP_DIRS": False, "OPTIONS": {**engine["OPTIONS"], "loaders": folders}}]
    with override_settings(TEMPLATES=changed):
        yield


def test_a_name_belongs_to_one_kind():
    register(REMINDER)
    assert registered()["reminder"] is REMINDER
    with pytest.raises(ValueError, match="registered twice"):
        register(LetterKind("reminder", plain, contractual=True))


def test_words_are_in_the_recipients_zone_and_unescaped_in_text(templates):
    recipient = Recipient("a@b.c", "Amara", zone="Asia/Tokyo", unsubscribe_url="https://x.example/stop")
    due = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
    content = render_templates("sample", {"topic": "Jo & Co <now>", "due": due}, recipient)
    assert content.subject == "Two minutes for Jo & Co <now>"
    assert "Jo & Co <now>" in content.text
    assert "By 09:30\n" in content.text
    assert "\n\n\n" not in content.text
    assert "https://x.example/stop" in content.text
    assert "Jo &amp; Co &lt;now&gt;" in content.html
    assert "By 09:30" in content.html
    assert 'href="https://x.example/stop"' in content.html


def test_styles_are_written_into_the_tags_and_media_rules_stay(templates):
    content = render_templates("sample", {"topic": "t", "due": None}, Recipient("a@b.c", "Amara"))
    assert '<h1 class="heading" style="' in content.html
    assert "@media (prefers-color-scheme: dark)" in content.html
    assert "Receive no more" not in content.html


def test_addresses_are_whole(settings):
    settings.SITE_URL = "https://programme.example"
    assert absolute_url("account_login") == "https://programme.example/accounts/login/"


def test_a_person_is_greeted_by_name_and_zone(reader):
    assert person_of(Letter(person=reader)) == Recipient(reader.email, "Amara Okafor", zone="Asia/Tokyo")


def test_somebody_without_a_profile_reads_in_utc(db):
    bare = User.objects.create_user("bare@example.org", name="Bare")
    recipient = person_of(Letter(person=bare))
    assert recipient is not None
    assert recipient.zone == "UTC"


def test_an_invited_address_is_not_a_person():
    assert person_of(Letter()) is None
