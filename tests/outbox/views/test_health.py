"""What a monitor may ask."""

import pytest
from django.urls import reverse

from outbox.domain import health

pytestmark = pytest.mark.django_db


def test_the_flow_is_well_or_not(client):
    answer = client.get(reverse("outbox:health"))
    assert (answer.status_code, answer.json()) == (
        503,
        {"flowing": False, "problems": ["beat silent", "workers silent"]},
    )
    health.heard_of(health.BEAT), health.heard_of("worker:one@here")
    answer = client.get(reverse("outbox:health"))
    assert (answer.status_code, answer.json()) == (200, {"flowing": True, "problems": []})


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", "secret"])
def test_numbers_are_for_whoever_knows_the_token(client, settings, given):
    for token in ("", "secret"):
        settings.METRICS_TOKEN = token
        assert client.get(reverse("outbox:metrics"), headers={"Authorization": given}).status_code == 404


def test_numbers_in_the_text_format_of_prometheus(client, settings, letter):
    settings.METRICS_TOKEN = "secret"
    letter()
    health.heard_of(health.BEAT)
    answer = client.get(reverse("outbox:metrics"), headers={"Authorization": "Bearer secret"})
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    assert {'outbox_letters{state="pending"} 1', "outbox_due 1", "outbox_flowing 0", "outbox_beat_seconds 0"} <= set(
        lines
    )
    assert 'outbox_problem{problem="workers silent"} 1' in lines
    assert not [line for line in lines if line.startswith("outbox_last_sent_seconds")]
    samples = [line for line in lines if not line.startswith("#")]
    assert all(len(line.rsplit(" ", 1)) == 2 and line.rsplit(" ", 1)[1].isdigit() for line in samples)
