"""Addresses of the letters' own pages."""

from django.urls import path

from outbox.views import unsubscribe

app_name = "outbox"

urlpatterns = [
    path("unsubscribe/<str:signed>/", unsubscribe.page, name="unsubscribe"),
]
