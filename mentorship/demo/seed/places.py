"""Fictional organisations, their owners and rivals, and the cities people live in."""

from dataclasses import dataclass

from accounts.choices import Industry


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
    "Northwind": ("Northwind Logistics Group", Industry.LOGISTICS, "SE"),
    "Northwind Freight": ("Northwind Freight", Industry.LOGISTICS, "NL"),
    "Northwind Rail": ("Northwind Rail", Industry.LOGISTICS, "DE"),
    "Skagen": ("Skagen Shipping", Industry.LOGISTICS, "DK"),
    "Penrose": ("Penrose Infrastructure", Industry.CONSTRUCTION, "GB"),
    "Calder Water": ("Calder Water", Industry.UTILITIES, "GB"),
    "Penrose Grid": ("Penrose Grid", Industry.ENERGY, "GB"),
    "Cordillera": ("Cordillera Energy", Industry.ENERGY, "CA"),
    "Baltica": ("Baltica Reinsurance Holding", Industry.INSURANCE, "DE"),
    "Baltica Life": ("Baltica Life", Industry.INSURANCE, "PL"),
    "Alder Mutual": ("Alder Mutual", Industry.INSURANCE, "US"),
    "Meridian Foods": ("Meridian Foods", Industry.CONSUMER, "BR"),
    "Solera": ("Solera Bebidas", Industry.CONSUMER, "ES"),
    "Aurelia": ("Aurelia Pharma", Industry.PHARMA, "DE"),
    "Kestrel": ("Kestrel Diagnostics", Industry.HEALTH, "US"),
    "Halden": ("Halden Partners", Industry.PROFESSIONAL, "US"),
    "Hokuto": ("Hokuto Robotics", Industry.MANUFACTURING, "JP"),
    "Hokuto Mobility": ("Hokuto Mobility", Industry.AUTOMOTIVE, "JP"),
    "Ebun": ("Ebun Bank", Industry.BANKING, "NG"),
    "Tamarind": ("Tamarind Telecom", Industry.TELECOM, "IN"),
    "Tamarind Digital": ("Tamarind Digital", Industry.TECHNOLOGY, "IN"),
    "Tamar": ("Tamar Housing", Industry.NONPROFIT, "GB"),
    "Whitcombe": ("Whitcombe Stores", Industry.RETAIL, "AU"),
    "Karoo": ("Karoo Minerals", Industry.CHEMICALS, "ZA"),
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
