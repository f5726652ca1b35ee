"""The steps of the profile."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django import forms
from django.conf import settings
from django.db.models import Q
from django.urls import reverse_lazy
from django.utils.choices import flatten_choices
from django.utils.translation import gettext_lazy as _

from accounts.choices import Depth, IndustryPreference
from accounts.domain.profiles import AIMS, CHALLENGES, TOPICS, AimWords
from accounts.forms.places import LanguagePicker, LanguagesField, RegionField, ZoneField
from accounts.models import MenteeProfile, MentorProfile, Profile, Topic
from common.forms import LongText, Refusable
from common.versioned import Rows, Versioned
from common.zones import UTC_NAME, country_of, folded

if TYPE_CHECKING:
    ProfileForm = forms.ModelForm[Profile]
else:
    ProfileForm = forms.ModelForm


# Another country has other regions: the page fetches the field anew.
SHOW_REGIONS = {
    "hx-get": reverse_lazy("accounts:regions"),
    "hx-target": "#div_id_region, #id_region",
    "hx-swap": "outerHTML",
}


class StepForm(Refusable, Versioned):
    """Mix in before the form of a step: it says what was changed in it."""

    def to_save(self) -> dict[str, Any]:
        """What was changed, by the names that `accounts.domain.profiles` gives it; the rest stays as it is stored."""
        return {name: value for name, value in self.cleaned_data.items() if name in self.changed}


class PositionForm(StepForm, ProfileForm):
    """Who you are, and where."""

    name = forms.CharField(label=_("Full name"), max_length=120)
    region = RegionField(label=_("Region"), help_text=_("Its public holidays count as days off as well."))

    class Meta:
        model = Profile
        fields = ("headline", "function", "seniority", "city", "country", "region", "phone")
        widgets = {"country": forms.Select(attrs=SHOW_REGIONS)}
        labels = {"headline": _("Your position"), "phone": _("Telephone")}
        help_texts = {
            "headline": _("As on your card, for example: Managing director, northern region."),
            "phone": _("Shown only to somebody you are paired with."),
        }

    field_order = ("name", "headline", "function", "seniority", "city", "country", "region", "phone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored_country = self.instance.country
        self.initial["country"] = self.stored_country or country_of(self.instance.known_zone)
        self.offer_regions(str(self.data.get("country", "") if self.is_bound else self.initial["country"]))
        self.fields["name"].initial = self.instance.person.name
        for name in ("headline", "function", "seniority", "country"):
            self.fields[name].required = True

    def offer_regions(self, country: str) -> None:
        """Offer the regions of this country."""
        cast(RegionField, self.fields["region"]).offer(country)

    def to_save(self) -> dict[str, Any]:
        """As usual, and the country that was guessed from the zone, once its person has sent it."""
        values, country = super().to_save(), self.cleaned_data["country"]
        return values if country == self.stored_country else {**values, "country": country}


class TimesForm(StepForm, ProfileForm):
    """When and in which languages you can be met; in which the site speaks to you, where it offers more than one."""

    zone = ZoneField(label=_("Time zone"))
    languages = LanguagesField(label=_("Languages"), help_text=_("Those you would hold a personal conversation in."))

    class Meta:
        model = Profile
        fields = ("zone", "language", "work_starts", "work_ends", "languages")
        widgets = {
            "work_starts": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "work_ends": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored_zone = self.instance.zone
        self.initial["zone"] = folded(self.instance.known_zone)
        if self.stored_zone == UTC_NAME and not self.instance.languages:
            self.fields["zone"].widget.attrs["data-zone-here"] = ""  # nobody has chosen it: the device's is proposed
        cast(LanguagePicker, self.fields["languages"].widget).country = self.instance.country
        if len(settings.LANGUAGES) == 1:
            del self.fields["language"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        starts, ends = said.get("work_starts"), said.get("work_ends")
        if starts and ends and ends == starts:
            self.add_error("work_ends", _("Working hours must end at another time than they begin."))
        return said

    def to_save(self) -> dict[str, Any]:
        """As usual, and the zone when the one that is stored is unknown, or has another name by now."""
        values, zone = super().to_save(), self.cleaned_data["zone"]
        return values if zone == self.stored_zone else {**values, "zone": zone}


def offered(held: Iterable[Any]) -> list[Topic]:
    """The topics one may pick: those offered today, and those already picked (by id)."""
    return list(Topic.objects.filter(Q(active=True) | Q(pk__in=list(held))))


def _by_group(topics: Iterable[Topic]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Topics for a select, under their groups."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for topic in topics:
        groups.setdefault(topic.group, []).append((str(topic.pk), topic.name))
    return list(groups.items())


class Row(NamedTuple):
    """A row of two fields. `open`: it is the first, or holds something, or is refused; the others are folded away.

    `said` is what the row holds, in words, for which it is folded; "" while it is empty or on its way to be saved.
    """

    topic: forms.BoundField
    other: forms.BoundField
    open: bool
    said: str


def _rows(form: forms.Form, answer: Rows) -> list[Row]:
    rows = []
    for place, names in enumerate(answer.rows):
        topic, other = (form[name] for name in names)
        holds = any(each.value() or each.errors for each in (topic, other))
        said = "" if form.is_bound or not holds else " · ".join(filter(None, map(_in_words, (topic, other))))
        rows.append(Row(topic, other, not place or holds, said))
    return rows


def _in_words(field: forms.BoundField) -> str:
    """What a field holds, as people read it."""
    value = field.value() or ""
    if not isinstance(field.field, forms.ChoiceField):
        return str(value)
    choices: Any = field.field.choices
    pairs: Iterable[tuple[Any, Any]] = flatten_choices(choices)
    return next((str(label) for key, label in pairs if str(key) == str(value)), "")


class OfferForm(StepForm, forms.Form):
    """What a mentor offers: up to eight topics, each with its depth."""

    one_answer = (
        Rows(
            tuple((f"topic_{place}", f"depth_{place}") for place in range(1, TOPICS + 1)), ordered=False, by_first=True
        ),
    )
    about = LongText(
        label=_("In your own words"),
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What you have seen and done, and how you like to work with somebody. Mentees read this first."),
    )
    capacity = forms.IntegerField(
        label=_("How many mentees at a time"),
        min_value=0,
        max_value=12,
        help_text=_("Across everything you take part in."),
    )
    nobody_new = forms.BooleanField(
        label=_("Nobody new, please"),
        required=False,
        help_text=_(
            "You are neither suggested nor asked until you take the tick away. Requests that wait stay open: answer "
            "them, or let their time run out. Your pairings go on."
        ),
    )

    def __init__(self, data: Any = None, *, offer: MentorProfile) -> None:
        held = list(offer.expertise.all())
        self.topics = offered(each.topic_id for each in held)
        initial: dict[str, Any] = {
            "about": offer.about,
            "capacity": offer.capacity,
            "nobody_new": offer.nobody_new,
        }
        for place, each in enumerate(held[:TOPICS], start=1):
            initial |= {f"topic_{place}": str(each.topic_id), f"depth_{place}": str(each.depth)}
        super().__init__(data, initial=initial)
        choices = [("", _("Choose a topic")), *_by_group(self.topics)]
        for place in range(1, TOPICS + 1):
            self.fields[f"topic_{place}"] = forms.ChoiceField(
                label=_("Topic %(place)s") % {"place": place}, choices=choices, required=place == 1
            )
            self.fields[f"depth_{place}"] = forms.ChoiceField(
                label=_("How well you know it"), choices=[("", _("Choose")), *Depth.choices], required=False
            )

    def rows(self) -> list[Row]:
        """Topic and depth, side by side."""
        return _rows(self, self.one_answer[0])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        seen: set[str] = set()
        for place in range(1, TOPICS + 1):
            topic = said.get(f"topic_{place}") or ""
            if topic in seen:
                self.add_error(f"topic_{place}", _("This topic is already in the list."))
            seen |= {topic} - {""}
            depth, errors = f"depth_{place}", self.errors
            if topic and not said.get(depth) and not {depth, f"topic_{place}"} & errors.keys():
                self.add_error(depth, _("Say how well you know topic %(number)s.") % {"number": place})
        return said

    def to_save(self) -> dict[str, Any]:
        """As usual, the rows of topics as `expertise`."""
        values = super().to_save()
        rows = [values.pop(name) for name in self.one_answer[0].names if name in values]
        return {**values, "expertise": self.expertise()} if rows else values

    def expertise(self) -> list[tuple[Topic, int]]:
        """What was chosen, in order."""
        by_id = {str(topic.pk): topic for topic in self.topics}
        said = self.cleaned_data
        return [
            (by_id[said[f"topic_{place}"]], int(said[f"depth_{place}"]))
            for place in range(1, TOPICS + 1)
            if said.get(f"topic_{place}")
        ]


class IntakeForm(StepForm, forms.Form):
    """What a mentee looks for: up to three aims, what stands in the way, and from where the mentor may come."""

    one_answer = (Rows(tuple((f"topic_{place}", f"aim_{place}") for place in range(1, AIMS + 1))),)
    about = LongText(
        label=_("Where you stand"),
        max_length=1200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Your situation in a few sentences."),
    )
    industry_preference = forms.ChoiceField(
        label=_("Industry of your mentor"), choices=IndustryPreference.choices, widget=forms.RadioSelect
    )
    challenges = forms.MultipleChoiceField(
        label=_("What you are up against"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Up to six."),
    )

    def __init__(self, data: Any = None, *, intake: MenteeProfile) -> None:
        aims = list(intake.aims.all())
        picked = [str(pk) for pk in intake.challenges.values_list("pk", flat=True)]
        held = [*picked, *(aim.topic_id for aim in aims)]
        self.topics = offered(held)
        initial: dict[str, Any] = {
            "about": intake.about,
            "industry_preference": intake.industry_preference,
            "challenges": picked,
        }
        for place, aim in enumerate(aims, start=1):
            initial |= {f"topic_{place}": str(aim.topic_id), f"aim_{place}": aim.text}
        super().__init__(data, initial=initial)
        choices = _by_group(self.topics)
        cast(forms.MultipleChoiceField, self.fields["challenges"]).choices = choices
        for place in range(1, AIMS + 1):
            self.fields[f"topic_{place}"] = forms.ChoiceField(
                label=_("Topic"), choices=[("", _("Choose a topic")), *choices], required=place == 1
            )
            self.fields[f"aim_{place}"] = forms.CharField(
                label=_("In one sentence"), max_length=240, required=place == 1
            )

    def rows(self) -> list[Row]:
        """Topic and sentence of each aim."""
        return _rows(self, self.one_answer[0])

    def clean_challenges(self) -> list[str]:
        """No more than the six that matter most."""
        picked: list[str] = self.cleaned_data["challenges"]
        if len(picked) > CHALLENGES:
            raise forms.ValidationError(_("Please choose the six that matter most."))
        return picked

    def clean(self) -> dict[str, Any]:
        """An aim is both: a topic of the list, and a sentence of one's own."""
        said = super().clean() or {}
        for place in range(1, AIMS + 1):
            topic, text = said.get(f"topic_{place}"), said.get(f"aim_{place}")
            if topic and not text and f"aim_{place}" not in self.errors:
                self.add_error(f"aim_{place}", _("Say aim %(number)s in one sentence.") % {"number": place})
            if text and not topic and f"topic_{place}" not in self.errors:
                self.add_error(f"topic_{place}", _("Choose the topic of aim %(number)s.") % {"number": place})
        return said

    def to_save(self) -> dict[str, Any]:
        """As usual, the rows of aims as `aims`."""
        values = super().to_save()
        rows = [values.pop(name) for name in self.one_answer[0].names if name in values]
        said = {**values, "aims": self.aims()} if rows else values
        return {**said, "challenges": self.chosen_challenges()} if "challenges" in said else said

    def aims(self) -> list[AimWords]:
        """The aims as written, first things first."""
        by_id = {str(topic.pk): topic for topic in self.topics}
        said = self.cleaned_data
        return [
            AimWords(by_id[said[f"topic_{place}"]], said[f"aim_{place}"])
            for place in range(1, AIMS + 1)
            if said.get(f"topic_{place}")
        ]

    def chosen_challenges(self) -> list[Topic]:
        """The topics ticked."""
        picked = set(self.cleaned_data["challenges"])
        return [topic for topic in self.topics if str(topic.pk) in picked]
