"""Sessions in the database, read as Django reads them."""

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from common.prepared import prepared


class SessionStore(db.SessionStore):
    """Django's own, whose first question on every page is a prepared one."""

    def _get_session_from_db(self) -> Session | None:
        for found in _session(session_key=self.session_key or "", at=timezone.now()):
            return found
        self._session_key = None
        return None


@prepared
def _session(*, session_key: str, at: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=session_key, expire_date__gt=at)
