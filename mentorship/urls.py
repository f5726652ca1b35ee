"""Every address of the site."""

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts.domain import second_factor
from mentorship import health
from mentorship.home import views as home

# Whoever has a second factor shows it before the password changes; a first password wants a sign-in of just now.
by_second_factor = reauthentication_required(
    app="allauth.account", enabled=lambda request: second_factor.is_set_up(request.user)
)
by_fresh_sign_in = reauthentication_required(app="allauth.account")

urlpatterns = [
    path("", home.home, name="home"),
    path("you/data/", include("mentorship.own_data.urls")),
    path("you/letters/", include("mentorship.email_preferences.urls")),
    path("", include("engagements.urls")),
    path("", include("matching.urls")),
    path("", include("accounts.urls")),
    path("letters/", include("outbox.urls")),
    path("accounts/password/change/", by_second_factor(account.password_change), name="account_change_password"),
    path("accounts/password/set/", by_fresh_sign_in(account.password_set), name="account_set_password"),
    path("accounts/", include("allauth.urls")),
    path("coordination/", admin.site.urls),
    path("health/", health.ready, name="health"),
    path("health/live/", health.live, name="health_live"),
    path("", include("mentorship.ui.urls")),
]

if getattr(settings, "DEMO", False):
    urlpatterns.append(path("demo/", include("mentorship.demo.urls")))

handler404 = "mentorship.views.page_not_found"
