"""The sheets as resources of django-import-export: their columns, and what the cells of each mean."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from tablib import Dataset

from accounts.choices import Function, Industry, Seniority
from accounts.models.mentors import MOST_PLACES
from cohorts.domain.imports import cells
from cohorts.domain.imports.headings import Column
from cohorts.domain.imports.reading import Cell
from cohorts.states import Role

LONGEST_NAME = 120


@dataclass(slots=True)
class ReadRow:
    """What a row says: values by column, and for cells that mean nothing what would be right."""

    number: int
    cells: Mapping[str, Cell]
    values: dict[str, Any]
    wrong: dict[str, str]

    def get(self, key: str) -> Any:
        """The meaning of a cell; None where it is empty, wrong, or no such column is there."""
        return self.values.get(key)


class _Instance:
    """What a row becomes while the package reads it."""

    wrong: dict[str, str]


class SheetResource(Resource):  # type: ignore[misc]  # the package brings no types
    """A sheet that is read and never saved by itself: what is written goes through the domain, once confirmed."""

    columns: ClassVar[tuple[Column, ...]] = ()

    class Meta:
        import_id_fields = ()
        instance_loader_class = BaseInstanceLoader
        skip_diff = True
        store_instance = True

    def __init__(self, today: date) -> None:
        super().__init__()
        self.today = today
        self.fields = {
            key: Field(attribute=key, column_name=key, widget=cells.Read(read, empty=empty, required=required))
            for key, read, empty, required in self.meanings()
        }

    def meanings(self) -> Iterable[tuple[str, Callable[[str], Any], Any, bool]]:
        """For each column how a cell is read, what an empty one means, and whether it may be empty."""
        raise NotImplementedError

    def read(self, rows: Sequence[tuple[int, Mapping[str, Cell]]]) -> list[ReadRow]:
        """What these rows say."""
        keys = [column.key for column in self.columns]
        table = Dataset(*([found.get(key) for key in keys] for _number, found in rows), headers=keys)
        result = self.import_data(table, use_transactions=False, raise_errors=True)
        said = (result_row.instance for result_row in result.rows)
        return [
            ReadRow(number, found, {key: value for key, value in vars(each).items() if key != "wrong"}, each.wrong)
            for (number, found), each in zip(rows, said, strict=True)
        ]

    def get_or_init_instance(self, _loader: Any, _row: Any) -> tuple[_Instance, bool]:
        return _Instance(), True

    def validate_instance(self, instance: Any, import_validation_errors: Any = None, **_more: Any) -> None:
        """What is wrong stays with the row: all of it is told at once, with what else is found later."""
        errors = ValidationError(import_validation_errors).message_dict if import_validation_errors else {}
        instance.wrong = {key: " ".join(messages) for key, messages in errors.items()}

    def save_instance(self, *_args: Any, **_more: Any) -> None:
        """Nothing: see `plans` and `verbs`."""

    def save_m2m(self, *_args: Any, **_more: Any) -> None:
        """Nothing either."""


class PeopleResource(SheetResource):
    """One row a person and role."""

    columns = (
        Column(
            key="email",
            heading=_("E-mail address"),
            synonyms=("email", "mail", "e-mail-adresse", "adresse e-mail", "mailadresse", "courriel", "correo"),
            required=True,
            hint=_("Where the invitation goes; the account is bound to it."),
            example="anna.berg@example.com",
        ),
        Column(
            key="name",
            heading=_("Full name"),
            synonyms=("name", "person", "participant", "teilnehmer", "nom complet", "vollständiger name", "leader"),
            required=True,
            hint=_("Or two columns, First name and Last name."),
            example="Anna Berg",
        ),
        Column(key="first_name", heading=_("First name"), synonyms=("given name", "vorname", "prénom"), hint=""),
        Column(
            key="last_name", heading=_("Last name"), synonyms=("surname", "family name", "nachname", "nom"), hint=""
        ),
        Column(
            key="role",
            heading=_("Role"),
            synonyms=("part", "rolle", "rôle", "mentor or mentee", "mentor/mentee", "takes part as"),
            required=True,
            hint=_("mentee or mentor; who is both has two rows."),
            example="mentor",
        ),
        Column(
            key="organisation",
            heading=_("Organisation"),
            synonyms=("organization", "company", "employer", "firm", "firma", "unternehmen", "société", "entreprise"),
            hint=_("An employer from the list of organisations, spelled as there."),
            example="Nordwind Energie",
        ),
        Column(
            key="title",
            heading=_("Title"),
            synonyms=("job title", "position", "titel", "titre", "headline"),
            hint=_("What they are called there."),
            example="Chief operating officer",
        ),
        Column(
            key="since",
            heading=_("In this position since"),
            synonyms=("since", "start", "start date", "from", "seit", "depuis", "employed since"),
            hint=_("A day. Left empty, the tie to the organisation begins on the day they join."),
            example="2021-09-01",
        ),
        Column(
            key="function", heading=_("Function"), synonyms=("funktion", "fonction", "area"), hint=_("See the list.")
        ),
        Column(
            key="seniority",
            heading=_("Seniority"),
            synonyms=("level", "seniority level", "ebene"),
            hint=_("See the list."),
        ),
        Column(key="city", heading=_("City"), synonyms=("town", "ort", "stadt", "ville"), hint="", example="Hamburg"),
        Column(
            key="country",
            heading=_("Country"),
            synonyms=("land", "pays", "país", "country of residence"),
            hint=_("A name in English, or a code of two letters."),
            example="Germany",
        ),
        Column(
            key="zone",
            heading=_("Time zone"),
            synonyms=("timezone", "tz", "zone", "zeitzone", "fuseau horaire"),
            hint=_("The city it is named after, such as Berlin."),
            example="Berlin",
        ),
        Column(
            key="languages",
            heading=_("Languages"),
            synonyms=("language", "sprachen", "langues", "speaks"),
            hint=_("Names or codes, separated by commas."),
            example="English, German",
        ),
        Column(
            key="capacity",
            heading=_("Places"),
            synonyms=(
                "capacity",
                "mentees at a time",
                "max mentees",
                "number of mentees",
                "kapazität",
                "how many mentees",
            ),
            hint=_("Of a mentor: how many mentees at a time. Empty for mentees."),
            example="2",
        ),
        Column(
            key="topics",
            heading=_("Topics"),
            synonyms=("topic", "expertise", "themes", "challenges", "themen", "thèmes"),
            hint=_("From the list, separated by semicolons: what a mentor offers, or what a mentee finds hard."),
        ),
    )

    def meanings(self) -> Iterable[tuple[str, Callable[[str], Any], Any, bool]]:
        name = cells.line(LONGEST_NAME)
        return (
            ("email", cells.address, None, True),
            ("name", name, "", False),
            ("first_name", name, "", False),
            ("last_name", name, "", False),
            ("role", cells.one_of(lambda: Role.choices), None, True),
            ("organisation", cells.line(160), "", False),
            ("title", cells.line(120), "", False),
            ("since", cells.past_day(lambda: self.today), None, False),
            ("function", cells.one_of(lambda: Function.choices), "", False),
            ("seniority", cells.one_of(lambda: Seniority.choices), None, False),
            ("city", cells.line(80), "", False),
            ("country", cells.country, "", False),
            ("zone", cells.zone, "", False),
            ("languages", cells.language_list, (), False),
            ("capacity", cells.whole_number(1, MOST_PLACES), None, False),
            ("topics", cells.several(cells.line(80)), (), False),
        )


class OrganisationResource(SheetResource):
    """One row an organisation; further owners of it in rows of their own."""

    columns = (
        Column(
            key="name",
            heading=_("Name"),
            synonyms=(
                "organisation",
                "organization",
                "company",
                "firma",
                "unternehmen",
                "société",
                "organisation name",
            ),
            required=True,
            hint=_("As it is called today."),
            example="Nordwind Energie",
        ),
        Column(
            key="country",
            heading=_("Country"),
            synonyms=("land", "pays", "head office", "country of its head office"),
            required=True,
            hint=_("Of its head office: a name in English, or a code of two letters."),
            example="Germany",
        ),
        Column(
            key="industry",
            heading=_("Industry"),
            synonyms=("sector", "branche", "secteur"),
            required=True,
            hint=_("See the list."),
            example="Energy",
        ),
        Column(
            key="owner",
            heading=_("Owned by"),
            synonyms=("owner", "parent", "parent company", "parents", "group", "mutter", "konzern"),
            hint=_("An organisation of the list or of this file. A second owner goes into a second row."),
            example="Meridian Holding",
        ),
        Column(
            key="owned_since",
            heading=_("Owned since"),
            synonyms=("owner since", "parent since", "from", "since", "owned from"),
            hint=_("A day; needed with an owner."),
            example="2018-01-01",
        ),
        Column(
            key="owned_until",
            heading=_("Owned until"),
            synonyms=("owner until", "parent until", "until", "owned to", "to"),
            hint=_("The last day; empty while it lasts."),
        ),
        Column(
            key="former",
            heading=_("Former names"),
            synonyms=("former name", "formerly", "other names", "previous names", "frühere namen"),
            hint=_(
                "Separated by semicolons, each with its last day: Windkraft Nord (2017-12-31). Without: a spelling."
            ),
            example="Windkraft Nord (2017-12-31)",
        ),
        Column(
            key="competitors",
            heading=_("Competitors"),
            synonyms=("competitor", "competes with", "wettbewerber", "concurrents"),
            hint=_("Organisations of the list or of this file, separated by semicolons."),
        ),
    )

    def meanings(self) -> Iterable[tuple[str, Callable[[str], Any], Any, bool]]:
        name = cells.line(160)
        return (
            ("name", name, None, True),
            ("country", cells.country, None, True),
            ("industry", cells.one_of(lambda: Industry.choices), None, True),
            ("owner", name, "", False),
            ("owned_since", cells.day, None, False),
            ("owned_until", cells.day, None, False),
            ("former", cells.several(cells.dated_name(lambda: self.today)), (), False),
            ("competitors", cells.several(name), (), False),
        )
