"""Addresses: the pairings with all that happens in them, and check-ins."""

from django.urls import path

from engagements.views import actions, agreements, check_ins, chemistry, meetings, pair_again, pairings

app_name = "engagements"

urlpatterns = [
    path("pairings/", pairings.index, name="pairings"),
    path("pairings/<uuid:pk>/", pairings.detail, name="pairing"),
    path("pairings/<uuid:pk>/chemistry/", chemistry.answer, name="chemistry"),
    path("pairings/<uuid:pk>/agreement/", agreements.detail, name="agreement"),
    path("pairings/<uuid:pk>/agreement/change/", agreements.change, name="change_agreement"),
    path("pairings/<uuid:pk>/again/", pair_again.say, name="again"),
    path("agreements/<uuid:pk>/sign/", agreements.sign, name="sign"),
    path("check-ins/<uuid:pk>/", check_ins.answer, name="check_in"),
    path("check-ins/<uuid:pk>/correct/", check_ins.correct, name="correct_check_in"),
    path("check-ins/<uuid:pk>/later/", check_ins.snooze, name="snooze"),
    path("pairings/<uuid:pk>/met/", meetings.note, name="note_meeting"),
    path("meetings/<uuid:pk>/back/", meetings.take_back, name="take_back_meeting"),
    *(
        path(f"pairings/<uuid:pk>/{action.name}/", actions.take, {"action": action}, name=action.name)
        for action in actions.ACTIONS
    ),
]
