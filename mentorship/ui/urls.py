"""Routes of the look, without a namespace of their own: `theme` and `styleguide`."""

from django.urls import path

from mentorship.ui import views

urlpatterns = [
    path("theme/", views.choose_theme, name="theme"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
