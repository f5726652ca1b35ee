"""Putting somebody whom one sees on a page on one's private list. The button asks once more, with their name."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.domain import never_with
from accounts.signed_in import signed_in_user
from common.clock import now
from common.errors import Refused
from matching.domain.mentors import people_seen_by


@login_required
@require_POST
def never_pair(request: HttpRequest, pk: UUID) -> HttpResponse:
    """On to the private list, where it can be undone. Pressed twice, it is done once."""
    user = signed_in_user(request)
    person = get_object_or_404(people_seen_by(user), pk=pk)
    try:
        never_with.add(owner=user, person=person, now=now())
    except Refused as refused:
        messages.error(request, str(refused.sentence))
    else:
        messages.success(
            request,
            _("%(name)s is on your private list. Only you can see it, and you can take the name off again here.")
            % {"name": person.name},
        )
    return redirect("accounts:profile_step", "never")
