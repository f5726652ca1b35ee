"""Addresses: taking one's own data along. Whoever finds a machine signed in does not leave with all of it."""

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.urls import path

from mentorship.own_data import views

app_name = "own_data"
once_confirmed = reauthentication_required(app="allauth.account")

urlpatterns = [
    path("", login_required(once_confirmed(views.page)), name="page"),
    path("everything.json", login_required(once_confirmed(views.as_json)), name="json"),
    path("everything.html", login_required(once_confirmed(views.as_html)), name="html"),
]
