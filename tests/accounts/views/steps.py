"""The steps of the profile: where they lie, and what somebody fills in."""

from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def at(slug: str) -> str:
    return reverse("accounts:profile_step", args=[slug])


def position(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Ana Ruiz",
        "headline": "Managing director",
        "function": "general",
        "seniority": "4",
        "city": "Madrid",
        "country": "ES",
        "phone": "",
        **changed,
    }


def times(**changed: Any) -> dict[str, Any]:
    return {"zone": "Europe/Madrid", "work_starts": "08:30", "work_ends": "17:30", "languages": ["es", "en"], **changed}
