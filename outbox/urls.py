"""Addresses of the letters' own pages."""

from django.urls import path

from outbox.views import health, unsubscribe

app_name = "outbox"

urlpatterns = [
    path("health/", health.flow, name="health"),
    path("metrics/", health.metrics, name="metrics"),
    path("unsubscribe/<str:signed>/", unsubscribe.page, name="unsubscribe"),
]
