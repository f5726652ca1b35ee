"""The registry, and how a letter's words are made."""

import re
from datetime import UTC, datetime

import pytest
from django.test import override_settings
from django.utils.safestring import mark_safe

from accounts.models import User
from outbox.kinds import LetterKind, Recipient, Scope, absolute_url, person_of, register, registered, render_email
from outbox.models import Letter
from outbox.templatetags.emails import paragraphs
from tests.outbox.conftest import REMINDER, plain

TEMPLATES = {
    "email/sample.txt": """{% extends "email/base.txt" %}{% load ui emails %}
{% block subject %}Two minutes
 for {{ topic }}{% endblock %}
{% block heading %}{{ topic }}{% endblock %}
{% block body %}


  By {{ due|clock }}{{ " " }}
{{ topic|strong }}

{{ site_url|link }}
{% endblock %}
{% block action %}{{ topic|large }}{% endblock %}""",
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
        register(LetterKind("reminder", plain, contractual=True, scope=Scope.SITE))


def test_words_are_in_the_recipients_zone_and_unescaped_in_text(templates, settings):
    recipient = Recipient("a@b.c", "Amara", "en-gb", zone="Asia/Tokyo", unsubscribe_url="https://x.example/stop")
    due = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
    content = render_email("sample", {"topic": "Jo & Co <now>", "due": due}, recipient)
    assert content.subject == "Two minutes for Jo & Co <now>"
    same, site = "Jo & Co <now>", settings.SITE_URL
    assert f"{same}\n\nDear Amara,\n\nBy 09:30\n{same}\n\n{site}\n\n{same}\n\nThe link" in content.text
    assert "https://x.example/stop" in content.text
    escaped = "Jo &amp; Co &lt;now&gt;"
    plain_tags = re.sub(r' style="[^"]*"', "", content.html)
    assert f"<title>Two minutes for {escaped}</title>" in plain_tags
    assert f"<p>Dear Amara,</p>\n\n<p>By 09:30<br><strong>{escaped}</strong></p>" in plain_tags
    assert f'<p><a href="{site}">{site}</a></p>' in plain_tags
    assert f'<p class="heading">{escaped}</p>' in plain_tags
    assert "<now>" not in content.html
    assert 'href="https://x.example/stop"' in content.html


def test_paragraphs_escape_what_nobody_has_escaped():
    assert paragraphs("a < b\n\n\nc") == "<p>a &lt; b</p>\n\n<p>c</p>"
    assert paragraphs(mark_safe("<b>a</b>\n")) == "<p><b>a</b></p>"


def test_styles_are_written_into_the_tags_and_media_rules_stay(templates):
    content = render_email("sample", {"topic": "t", "due": None}, Recipient("a@b.c", "Amara", "en-gb"))
    assert '<h1 class="heading" style="' in content.html
    assert "@media (prefers-color-scheme: dark)" in content.html
    assert "Receive no more" not in content.html


def test_addresses_are_whole(settings):
    settings.SITE_URL = "https://programme.example"
    assert absolute_url("account_login") == "https://programme.example/accounts/login/"


def test_a_person_is_greeted_by_name_and_zone(reader):
    assert person_of(Letter(person=reader)) == Recipient(reader.email, "Amara Okafor", "en-gb", "Asia/Tokyo")


def test_somebody_without_a_profile_reads_in_utc(db):
    bare = User.objects.create_user("bare@example.org", name="Bare")
    recipient = person_of(Letter(person=bare))
    assert recipient is not None
    assert (recipient.language, recipient.zone) == ("en-gb", "UTC")


def test_an_invited_address_is_not_a_person():
    assert person_of(Letter()) is None
