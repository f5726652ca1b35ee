"""Addresses: one's own data, taken along or erased. Whoever finds a machine signed in does neither."""

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.urls import path

from mentorship.own_data import views

app_name = "own_data"
once_confirmed = reauthentication_required(app="allauth.account")

urlpatterns = [
    path("", login_required(once_confirmed(views.page)), name="page"),
    path("erase/", login_required(once_confirmed(views.erase)), name="erase"),
    path("everything.json", login_required(once_confirmed(views.as_json)), name="json"),
    path("everything.html", login_required(once_confirmed(views.as_html)), name="html"),
]
