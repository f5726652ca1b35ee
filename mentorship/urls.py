"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from health_check.views import HealthCheckView

from mentorship.home import views as home

urlpatterns = [
    path("", home.home, name="home"),
    path("you/letters/", include("mentorship.email_preferences.urls")),
    path("", include("engagements.urls")),
    path("", include("matching.urls")),
    path("", include("accounts.urls")),
    path("letters/", include("outbox.urls")),
    path("accounts/", include("allauth.urls")),
    path("coordination/", admin.site.urls),
    path(
        "health/",
        HealthCheckView.as_view(checks=["health_check.checks.Cache", "health_check.checks.Database"]),
        name="health",
    ),
    path("", include("mentorship.ui.urls")),
]

if getattr(settings, "DEMO", False):
    urlpatterns.append(path("demo/", include("mentorship.demo.urls")))
