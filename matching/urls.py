"""Addresses: finding a mentor, the shortlist, and requests."""

from django.urls import path

from matching.views import answering, asking, comparing, finding, shortlist

app_name = "matching"

urlpatterns = [
    path("find/", finding.suggestions, name="suggestions"),
    path("find/all/", finding.directory, name="directory"),
    path("find/wishes/", shortlist.wish_list, name="wishes"),
    path("find/wishes/compare/", comparing.compare, name="compare"),
    path("find/wishes/<uuid:pk>/remove/", shortlist.remove, name="wish_remove"),
    path("find/wishes/<uuid:pk>/move/", shortlist.move, name="wish_move"),
    path("find/<uuid:pk>/", finding.mentor, name="mentor"),
    path("find/<uuid:pk>/wish/", shortlist.add, name="wish_add"),
    path("find/<uuid:pk>/ask/", asking.ask, name="ask"),
    path("requests/", answering.inbox, name="inbox"),
    path("requests/<uuid:pk>/", answering.detail, name="request"),
    path("requests/<uuid:pk>/accept/", answering.accept, name="accept"),
    path("requests/<uuid:pk>/decline/", answering.decline, name="decline"),
    path("requests/<uuid:pk>/withdraw/", answering.withdraw, name="withdraw"),
]
