import pytest

from tests.engagements.clock import PairingStatus
from tests.matching.factories import NOW


@pytest.fixture
def clock(settings):
    """The clock of the pages, at NOW until a test moves it."""
    settings.CLOCK = "tests.engagements.clock.now"
    PairingStatus.moment = NOW
    yield PairingStatus
    PairingStatus.moment = NOW
