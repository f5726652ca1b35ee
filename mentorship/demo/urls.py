"""Addresses of the demo's pages; included only where DEMO is set."""

from django.urls import path
from django.views.generic import RedirectView

from mentorship.demo import views

app_name = "demo"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="demo:mailbox"), name="index"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<int:pk>/", views.letter, name="letter"),
    path("mailbox/<int:pk>/as-it-came/", views.letter_frame, name="letter_frame"),
    path("clock/", views.forward, name="forward"),
    path("sign-in/", views.sign_in, name="sign_in"),
]
