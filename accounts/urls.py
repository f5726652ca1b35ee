"""Addresses: what a person says about themselves, and joining by invitation."""

from django.urls import path, re_path

from accounts.views import addresses, erasing, invitations, lists, profile, zones

app_name = "accounts"
urlpatterns = [
    path("you/", profile.overview, name="profile"),
    path("you/leave/", lists.leave, name="leave"),
    path("you/leave/<uuid:pk>/remove/", lists.remove_leave, name="leave_remove"),
    path("you/regions/", profile.regions, name="regions"),
    path("you/zone/", zones.change, name="zone"),
    path("you/zone/offer/", zones.offer, name="zone_offer"),
    path("you/organisations/", lists.find_organisations, name="organisations"),
    path("you/ties/new/", lists.new_affiliation, name="affiliation_new"),
    path("you/ties/<uuid:pk>/end/", lists.end_affiliation, name="affiliation_end"),
    path("you/ties/<uuid:pk>/take-back/", lists.take_back_affiliation, name="affiliation_take_back"),
    path("you/ties/<uuid:pk>/prolong/", lists.prolong_affiliation, name="affiliation_prolong"),
    path("you/ties/<uuid:pk>/title/", lists.change_title, name="affiliation_title"),
    path("you/never/<uuid:pk>/remove/", lists.remove_never, name="never_remove"),
    re_path(r"^you/part/(?P<role>mentor|mentee)/$", profile.take_part, name="take_part"),
    re_path(r"^you/part/(?P<role>mentor|mentee)/back/$", profile.give_up_part, name="give_up_part"),
    path("address/<str:token>/", addresses.undo, name="address_undo"),
    path("erasure/<str:token>/", erasing.undo, name="erasure"),
    path("you/<slug:slug>/", profile.step, name="profile_step"),
    path("invitation/code/", invitations.code, name="invitation_code"),
    path("invitation/<slug:token>/", invitations.invitation, name="invitation"),
    path("invitation/<slug:token>/decline/", invitations.decline, name="invitation_decline"),
]
