"""The demo's app."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "mentorship.demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"
