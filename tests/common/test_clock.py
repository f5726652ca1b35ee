"""What time it is."""

from datetime import UTC, timedelta

from common import clock


def test_real_time_is_aware_and_in_utc():
    assert clock.real_now().tzinfo is UTC


def test_the_settings_choose_the_programmes_clock(settings):
    settings.CLOCK = "common.clock.real_now"
    before = clock.real_now()
    assert timedelta() <= clock.now() - before < timedelta(minutes=1)
