"""The demo's mailbox: letters as they came, the clock's buttons, signing in as somebody."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.urls import reverse

from accounts.models import User
from mentorship.demo import clock
from mentorship.demo.models import DeliveredLetter
from tests.people import person

pytestmark = pytest.mark.django_db
BACKEND = "mentorship.demo.mail.MailboxBackend"


@pytest.fixture
def reader() -> User:
    return person("Amara Okafor", email="amara@example.org")


@pytest.fixture
def arrived(reader) -> DeliveredLetter:
    message = EmailMultiAlternatives(
        "Two minutes",
        "Dear Amara",
        to=["Amara@example.org"],
        headers={"Message-ID": "<1@x>"},
        connection=get_connection(BACKEND),
    )
    message.attach_alternative(
        "<html><head><title>t</title></head><body><b>Dear Amara</b><script>x()</script></body></html>", "text/html"
    )
    assert message.send() == 1
    return DeliveredLetter.objects.get()


def test_letters_are_kept_as_they_came(arrived):
    assert (arrived.recipient, arrived.subject, arrived.message_id) == ("amara@example.org", "Two minutes", "<1@x>")
    assert (arrived.text, "<b>Dear Amara</b>" in arrived.html) == ("Dear Amara", True)
    assert arrived.headers["To"] == "Amara@example.org"
    assert str(arrived) == "Two minutes"


def test_a_letter_to_two_arrives_twice_and_may_be_text_alone():
    EmailMessage("Hello", "text", to=["a@x.org"], bcc=["b@x.org"], connection=get_connection(BACKEND)).send()
    assert list(DeliveredLetter.objects.order_by("recipient").values_list("recipient", "html")) == [
        ("a@x.org", ""),
        ("b@x.org", ""),
    ]


def test_the_page_lists_letters_and_people(client, arrived):
    page = client.get(reverse("demo:mailbox")).content.decode()
    assert "Two minutes" in page
    assert "Amara Okafor" in page
    assert reverse("demo:letter", args=[arrived.pk]) in page


@pytest.mark.parametrize(("to", "shown"), [("AMARA@example.org", True), ("bo@example.org", False), ("nobody", False)])
def test_the_list_can_be_one_persons(client, arrived, to, shown):
    page = client.get(reverse("demo:mailbox"), {"to": to, "page": "x"}).content.decode()
    assert (reverse("demo:letter", args=[arrived.pk]) in page) is shown


def test_pages_ask_the_same_number_of_queries_for_one_letter_and_for_many(client, arrived, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        client.get(reverse("demo:mailbox"))
    for _copy in range(5):
        arrived.pk = None
        arrived.save()
    with django_assert_num_queries(len(one)):
        client.get(reverse("demo:mailbox"))


def test_one_letter_shows_text_headers_and_a_frame(client, arrived, reader):
    answer = client.get(reverse("demo:letter", args=[arrived.pk]))
    page = answer.content.decode()
    assert "Dear Amara" in page
    assert "&lt;1@x&gt;" in page
    assert "Sign in as Amara" in page
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page
    assert "frame-src 'self'" in answer["Content-Security-Policy"]


def test_the_frame_alone_may_have_styles_and_nothing_may_run(client, arrived):
    answer = client.get(reverse("demo:letter_frame", args=[arrived.pk]))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert '<head><base target="_top">' in answer.content.decode()


def test_a_letter_that_is_not_there(client, db):
    for name in ("letter", "letter_frame"):
        assert client.get(reverse(f"demo:{name}", args=[10**30])).status_code == 404


def test_the_button_moves_the_clock_day_by_day_and_shows_how_far_it_has_come(client, settings, arrived):
    settings.CELERY_BEAT_SCHEDULE = {}
    said = {"days": "7"}
    for done in range(1, 7):
        answer = client.post(reverse("demo:forward"), said)
        assert clock.ahead() == timedelta(days=done)
        assert f"Day {done} of 7. 0 e-mails arrived." in answer.content.decode()
        said = {name: answer.context[name] for name in ("days", "left", "since")}
    page = client.post(reverse("demo:forward"), said, follow=True).content.decode()
    assert clock.ahead() == timedelta(days=7)
    assert "0 e-mails arrived" in page
    by_itself = client.post(reverse("demo:forward"), {"days": "1"}, headers={"HX-Request": "true"})
    assert by_itself["HX-Redirect"] == reverse("demo:mailbox")


@pytest.mark.parametrize("days", ["", "-1", "9999", "one"])
def test_no_other_step(client, days):
    page = client.post(reverse("demo:forward"), {"days": days}, follow=True).content.decode()
    assert clock.ahead() == timedelta()
    assert "one day, one week or two weeks" in page


@pytest.mark.parametrize(
    ("target", "lands"), [("/demo/mailbox/", "/demo/mailbox/"), ("https://elsewhere.example/", "/"), ("", "/")]
)
def test_one_click_signs_in(client, reader, target, lands):
    answer = client.post(reverse("demo:sign_in"), {"person": reader.pk, "next": target})
    assert (answer.status_code, answer["Location"]) == (302, lands)
    assert client.session["_auth_user_id"] == str(reader.pk)


@pytest.mark.parametrize("who", ["", "not an id", "00000000-0000-0000-0000-000000000000"])
def test_nobody_else_can_be_signed_in(client, who):
    answer = client.post(reverse("demo:sign_in"), {"person": who}, follow=True)
    assert "nobody of that name" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_looking_changes_nothing(client):
    for name in ("forward", "sign_in"):
        assert client.get(reverse(f"demo:{name}")).status_code == 405
    assert client.get(reverse("demo:index"))["Location"] == reverse("demo:mailbox")


def test_outside_the_demo_there_is_nothing(client, settings, arrived, reader):
    addresses = [reverse("demo:mailbox")] + [
        reverse(f"demo:{name}", args=[arrived.pk]) for name in ("letter", "letter_frame")
    ]
    settings.CLOCK = "common.clock.real_now"
    settings.DEMO = False
    for address in addresses:
        assert client.get(address).status_code == 404
    assert client.post(reverse("demo:sign_in"), {"person": reader.pk}).status_code == 404
    assert client.post(reverse("demo:forward"), {"days": "7"}).status_code == 404
    with pytest.raises(ImproperlyConfigured):
        EmailMessage("Hello", "text", to=["a@x.org"], connection=get_connection(BACKEND)).send()
