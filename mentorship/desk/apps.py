"""The app that registers the desk's own pages."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "mentorship.desk"
    label = "desk"
