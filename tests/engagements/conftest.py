import pytest

from tests.engagements.clock import Standing
from tests.matching.factories import NOW


@pytest.fixture
def clock(settings):
    """The clock of the pages, at NOW until a test moves it."""
    settings.CLOCK = "tests.engagements.clock.now"
    Standing.moment = NOW
    yield Standing
    Standing.moment = NOW
