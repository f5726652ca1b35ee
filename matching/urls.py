"""Addresses: finding a mentor, the shortlist, and requests."""

from django.urls import path

from matching.views import answering, asking, comparing, finding, never_pair, shortlist

app_name = "matching"

urlpatterns = [
    path("find/", finding.suggestions, name="suggestions"),
    path("find/all/", finding.directory, name="directory"),
    path("find/shortlist/", shortlist.shortlist_page, name="shortlist"),
    path("find/shortlist/compare/", comparing.compare, name="compare"),
    path("find/shortlist/<uuid:pk>/remove/", shortlist.remove, name="shortlist_remove"),
    path("find/shortlist/<uuid:pk>/note/", shortlist.note, name="shortlist_note"),
    path("find/shortlist/<uuid:pk>/move/", shortlist.move, name="shortlist_move"),
    path("find/<uuid:pk>/", finding.mentor, name="mentor"),
    path("find/<uuid:pk>/shortlist/", shortlist.add, name="shortlist_add"),
    path("find/<uuid:pk>/ask/", asking.ask, name="ask"),
    path("people/<uuid:pk>/never-pair/", never_pair.never_pair, name="never_pair"),
    path("requests/", answering.inbox, name="inbox"),
    path("requests/<uuid:pk>/", answering.detail, name="request"),
    path("requests/<uuid:pk>/accept/", answering.accept, name="accept"),
    path("requests/<uuid:pk>/decline/", answering.decline, name="decline"),
    path("requests/<uuid:pk>/withdraw/", answering.withdraw, name="withdraw"),
]
