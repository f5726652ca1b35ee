"""Addresses: the pairings with all that happens in them."""

from django.urls import path

from engagements.views import (
    actions,
    agreements,
    assistants,
    assisting,
    calendar_feeds,
    check_ins,
    chemistry,
    decisions,
    goals,
    lengths,
    meeting_outcomes,
    meetings,
    mentor_too,
    notes,
    pair_again,
    pairings,
    reviews,
    shared_scores,
    stock,
    talks,
)

app_name = "engagements"

urlpatterns = [
    path("pairings/", pairings.index, name="pairings"),
    path("pairings/<uuid:pk>/", pairings.detail, name="pairing"),
    path("pairings/<uuid:pk>/chemistry/", chemistry.answer, name="chemistry"),
    path("pairings/<uuid:pk>/agreement/", agreements.detail, name="agreement"),
    path("pairings/<uuid:pk>/agreement/change/", agreements.change, name="change_agreement"),
    path("pairings/<uuid:pk>/again/", pair_again.say, name="again"),
    path("pairings/<uuid:pk>/length/", lengths.change, name="length"),
    path("pairings/<uuid:pk>/scores/", shared_scores.page, name="shared_scores"),
    path("pairings/<uuid:pk>/talk/", talks.page, name="talk"),
    path("pairings/<uuid:pk>/review/", reviews.look_back, name="review"),
    path("pairings/<uuid:pk>/mentor-too/", mentor_too.ask, name="mentor_too"),
    path("agreements/<uuid:pk>/sign/", agreements.sign, name="sign"),
    path("check-ins/<uuid:pk>/", check_ins.answer, name="check_in"),
    path("check-ins/<uuid:pk>/correct/", check_ins.correct, name="correct_check_in"),
    path("check-ins/<uuid:pk>/later/", check_ins.snooze, name="snooze"),
    path("pairings/<uuid:pk>/met/", meeting_outcomes.note, name="note_meeting"),
    path("pairings/<uuid:pk>/meet/", meetings.propose, name="propose_meeting"),
    path("meetings/<uuid:pk>/", meetings.detail, name="meeting"),
    path("meetings/<uuid:pk>/accept/", meetings.accept, name="accept_meeting"),
    path("meetings/<uuid:pk>/keep/", meetings.keep, name="keep_meeting"),
    path("meetings/<uuid:pk>/other-times/", meetings.offer_others, name="other_times"),
    path("meetings/<uuid:pk>/place/", meetings.place, name="meeting_place"),
    path("meetings/<uuid:pk>/cancel/", meetings.cancel, name="cancel_meeting"),
    path("meetings/<uuid:pk>/outcome/", meeting_outcomes.say, name="meeting_outcome"),
    path("meetings/<uuid:pk>/back/", meeting_outcomes.take_back, name="take_back_meeting"),
    path("you/assistants/", assistants.page, name="assistants"),
    path("you/assistants/<uuid:pk>/again/", assistants.send_again, name="assistant_again"),
    path("you/assistants/<uuid:pk>/emails/", assistants.emails, name="assistant_emails"),
    path("you/assistants/<uuid:pk>/end/", assistants.end, name="assistant_end"),
    path("assisting/", assisting.index, name="assisting"),
    *(
        path(f"assisting/<uuid:assistant>/{address}", view, name=name)
        for name, address, view in (
            ("assisting_leave", "leave/", assisting.leave),
            ("assisted_propose", "meet/<uuid:pk>/", assisting.propose),
            ("assisted_meeting", "meetings/<uuid:pk>/", assisting.detail),
            ("assisted_accept", "meetings/<uuid:pk>/accept/", assisting.accept),
            ("assisted_keep", "meetings/<uuid:pk>/keep/", assisting.keep),
            ("assisted_other_times", "meetings/<uuid:pk>/other-times/", assisting.offer_others),
            ("assisted_cancel", "meetings/<uuid:pk>/cancel/", assisting.cancel),
        )
    ),
    path("you/calendar/", calendar_feeds.page, name="calendar"),
    path("calendar/<str:token>.ics", calendar_feeds.feed, name="calendar_feed"),
    path("pairings/<uuid:pk>/decisions/", decisions.log, name="decisions"),
    path("pairings/<uuid:pk>/decisions/new/", decisions.new, name="new_decision"),
    path("decisions/<uuid:pk>/", decisions.detail, name="decision"),
    path("decisions/<uuid:pk>/drop/", decisions.drop, name="drop_decision"),
    *(
        path(
            f"decisions/<uuid:pk>/{step.verb.replace('_', '-')}/",
            decisions.take,
            {"step": step},
            name=f"decision_{step.verb}",
        )
        for step in decisions.STEPS
    ),
    path("pairings/<uuid:pk>/stock/", stock.page, name="stock"),
    path("stock/<uuid:pk>/", stock.take, name="take_stock"),
    path("pairings/<uuid:pk>/notes/", notes.page, name="notes"),
    path("notes/<uuid:pk>/", notes.rewrite, name="note"),
    path("notes/<uuid:pk>/delete/", notes.delete, name="delete_note"),
    path("pairings/<uuid:pk>/goals/new/", goals.new, name="new_goal"),
    path("goals/<uuid:pk>/", goals.detail, name="goal"),
    path("goals/<uuid:pk>/words/", goals.rewrite, name="rewrite_goal"),
    path("goals/lines/<uuid:pk>/", goals.correct, name="correct_goal_line"),
    path("goals/milestones/<uuid:pk>/", goals.tick, name="tick"),
    *(
        path(f"goals/<uuid:pk>/{act.verb.replace('_', '-')}/", goals.take, {"act": act}, name=f"goal_{act.verb}")
        for act in goals.ACTS
    ),
    *(
        path(f"pairings/<uuid:pk>/{action.name}/", actions.take, {"action": action}, name=action.name)
        for action in actions.ACTIONS
    ),
]
