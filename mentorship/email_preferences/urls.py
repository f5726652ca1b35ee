"""Addresses: the e-mails one wants, and quiet days."""

from django.urls import path

from mentorship.email_preferences import views

app_name = "oneself"

urlpatterns = [
    path("", views.page, name="letters"),
    path("quiet/", views.add_quiet, name="quiet"),
    path("quiet/<uuid:pk>/remove/", views.remove_quiet, name="quiet_remove"),
]
