"""Closed lists people choose from. Values are stored, labels are translated."""

from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Industry(models.TextChoices):
    """What an organisation lives from."""

    AGRICULTURE = "agriculture", _("Food and agriculture")
    AUTOMOTIVE = "automotive", _("Automotive")
    BANKING = "banking", _("Banking")
    CHEMICALS = "chemicals", _("Chemicals and materials")
    CONSTRUCTION = "construction", _("Construction and property")
    CONSUMER = "consumer", _("Consumer goods")
    EDUCATION = "education", _("Education and research")
    ENERGY = "energy", _("Energy")
    HEALTH = "health", _("Health care")
    HOSPITALITY = "hospitality", _("Hospitality and travel")
    INSURANCE = "insurance", _("Insurance")
    LOGISTICS = "logistics", _("Transport and logistics")
    MANUFACTURING = "manufacturing", _("Manufacturing and engineering")
    MEDIA = "media", _("Media and culture")
    NONPROFIT = "nonprofit", _("Non-profit")
    PHARMA = "pharma", _("Pharmaceuticals")
    PROFESSIONAL = "professional", _("Professional services")
    PUBLIC = "public", _("Public sector")
    RETAIL = "retail", _("Retail")
    TECHNOLOGY = "technology", _("Technology")
    TELECOM = "telecom", _("Telecommunications")
    UTILITIES = "utilities", _("Water and utilities")


class Function(models.TextChoices):
    """What a leader answers for."""

    GENERAL = "general", _("General management")
    FINANCE = "finance", _("Finance")
    OPERATIONS = "operations", _("Operations")
    COMMERCIAL = "commercial", _("Sales and marketing")
    PEOPLE = "people", _("People")
    TECHNOLOGY = "technology", _("Technology")
    LEGAL = "legal", _("Legal and governance")
    STRATEGY = "strategy", _("Strategy")
    RESEARCH = "research", _("Research and development")


class Seniority(models.IntegerChoices):
    """How far up. The numbers are an order, nothing more."""

    DIRECTOR = 1, _("Director or head of a function")
    EXECUTIVE = 2, _("Member of the executive team")
    CHIEF = 3, _("Chief officer of a function")
    CHIEF_EXECUTIVE = 4, _("Chief executive or managing director")
    CHAIR = 5, _("Chair of a board")


class AffiliationKind(models.TextChoices):
    """What binds a person to an organisation. A former employer is an employment that has ended."""

    EMPLOYER = "employer", _("Employer")
    BOARD = "board", _("Board seat")
    INVESTOR = "investor", _("Investor")
    ADVISER = "adviser", _("Adviser")


class IndustryPreference(models.TextChoices):
    """Whether a mentee would like somebody from the same industry."""

    ANY = "any", _("Either is fine")
    SAME = "same", _("Someone from my industry")
    DIFFERENT = "different", _("Someone from another industry")


class Depth(models.IntegerChoices):
    """How well a mentor knows a topic."""

    KNOWS = 1, _("Has worked with it")
    LED = 2, _("Has led it")
    OFTEN = 3, _("Has led it several times")


def label_of(choices: type[models.Choices], value: Any) -> str:
    """The words for a value; itself where it is none of the choices (old data must never break a page)."""
    return str(_labels(choices).get(value, value))


@cache
def _labels(choices: type[models.Choices]) -> dict[Any, Any]:
    return dict(choices.choices)  # lazy words, so the same in every language


def site_languages() -> list[tuple[str, Any]]:
    """What pages and e-mails can be read in: the setting LANGUAGES."""
    return list(settings.LANGUAGES)


def default_language() -> str:
    """What pages and e-mails are in for whoever has chosen nothing else."""
    return settings.LANGUAGE_CODE
