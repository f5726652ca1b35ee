"""The app of one's own data: it has tasks, and neither models nor a place at the desk."""

from django.apps import AppConfig


class OwnDataConfig(AppConfig):
    name = "mentorship.own_data"
    label = "own_data"
