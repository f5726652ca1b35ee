"""Fictional organisations, their owners and rivals, and the cities people live in."""

from dataclasses import dataclass

from accounts.choices import Industry as I


@dataclass(frozen=True, slots=True)
class Place:
    """A city: its country, zone, and the language people speak there besides English."""

    country: str
    zone: str
    language: str


CITIES: dict[str, Place] = {
    "London": Place("GB", "Europe/London", "en"),
    "Bristol": Place("GB", "Europe/London", "en"),
    "Stockholm": Place("SE", "Europe/Stockholm", "sv"),
    "Hamburg": Place("DE", "Europe/Berlin", "de"),
    "Munich": Place("DE", "Europe/Berlin", "de"),
    "Rotterdam": Place("NL", "Europe/Amsterdam", "nl"),
    "Copenhagen": Place("DK", "Europe/Copenhagen", "da"),
    "Madrid": Place("ES", "Europe/Madrid", "es"),
    "Warsaw": Place("PL", "Europe/Warsaw", "pl"),
    "Istanbul": Place("TR", "Europe/Istanbul", "tr"),
    "Boston": Place("US", "America/New_York", "en"),
    "Chicago": Place("US", "America/Chicago", "es"),
    "Toronto": Place("CA", "America/Toronto", "fr"),
    "São Paulo": Place("BR", "America/Sao_Paulo", "pt"),
    "Lagos": Place("NG", "Africa/Lagos", "yo"),
    "Johannesburg": Place("ZA", "Africa/Johannesburg", "en"),
    "Mumbai": Place("IN", "Asia/Kolkata", "hi"),
    "Tokyo": Place("JP", "Asia/Tokyo", "ja"),
    "Sydney": Place("AU", "Australia/Sydney", "en"),
}

# Short name in the lists of people: full name, industry, country.
ORGANISATIONS: dict[str, tuple[str, str, str]] = {
    "Northwind": ("Northwind Logistics Group", I.LOGISTICS, "SE"),
    "Northwind Freight": ("Northwind Freight", I.LOGISTICS, "NL"),
    "Northwind Rail": ("Northwind Rail", I.LOGISTICS, "DE"),
    "Skagen": ("Skagen Shipping", I.LOGISTICS, "DK"),
    "Penrose": ("Penrose Infrastructure", I.CONSTRUCTION, "GB"),
    "Calder Water": ("Calder Water", I.UTILITIES, "GB"),
    "Penrose Grid": ("Penrose Grid", I.ENERGY, "GB"),
    "Cordillera": ("Cordillera Energy", I.ENERGY, "CA"),
    "Baltica": ("Baltica Reinsurance Holding", I.INSURANCE, "DE"),
    "Baltica Life": ("Baltica Life", I.INSURANCE, "PL"),
    "Alder Mutual": ("Alder Mutual", I.INSURANCE, "US"),
    "Meridian Foods": ("Meridian Foods", I.CONSUMER, "BR"),
    "Solera": ("Solera Bebidas", I.CONSUMER, "ES"),
    "Aurelia": ("Aurelia Pharma", I.PHARMA, "DE"),
    "Kestrel": ("Kestrel Diagnostics", I.HEALTH, "US"),
    "Halden": ("Halden Partners", I.PROFESSIONAL, "US"),
    "Hokuto": ("Hokuto Robotics", I.MANUFACTURING, "JP"),
    "Hokuto Mobility": ("Hokuto Mobility", I.AUTOMOTIVE, "JP"),
    "Ebun": ("Ebun Bank", I.BANKING, "NG"),
    "Tamarind": ("Tamarind Telecom", I.TELECOM, "IN"),
    "Tamarind Digital": ("Tamarind Digital", I.TECHNOLOGY, "IN"),
    "Tamar": ("Tamar Housing", I.NONPROFIT, "GB"),
    "Whitcombe": ("Whitcombe Stores", I.RETAIL, "AU"),
    "Karoo": ("Karoo Minerals", I.CHEMICALS, "ZA"),
}

# Child and parent, for as long as anybody remembers.
OWNERS: tuple[tuple[str, str], ...] = (
    ("Northwind Freight", "Northwind"),
    ("Northwind Rail", "Northwind"),
    ("Calder Water", "Penrose"),
    ("Penrose Grid", "Penrose"),
    ("Baltica Life", "Baltica"),
    ("Solera", "Meridian Foods"),
    ("Hokuto Mobility", "Hokuto"),
    ("Tamarind Digital", "Tamarind"),
)

# The acquisition: until eight weeks ago Kestrel belonged to Halden, since then to Aurelia.
ACQUIRED = ("Kestrel", "Halden", "Aurelia")

RIVALS: tuple[tuple[str, str], ...] = (
    ("Northwind", "Skagen"),
    ("Penrose Grid", "Cordillera"),
    ("Baltica", "Alder Mutual"),
    ("Meridian Foods", "Whitcombe"),
)
