"""Narrowing the directory: plain GET fields over the cards the engine already has, and words to look for."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import django_filters
import numpy as np
from django import forms
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.choices import Function, Industry
from accounts.models import Affiliation, Expertise, Organisation, Topic
from cohorts.models import Enrolment
from common import cldr
from common.clock import now
from common.dates import day_of
from common.queries import among
from matching.engine import MenteeCard
from matching.engine.arrays import Mask
from matching.engine.suggesting.pool_columns import AttributeMatrix, PoolColumns

HOURS = [("2", _("At least 2 hours a week")), ("4", _("At least 4 hours a week")), ("8", _("At least 8 hours a week"))]


class MentorFilter(django_filters.FilterSet):  # type: ignore[misc]  # the package has no types
    """Words, topics, industry, function, language and shared hours. Choices of one kind widen, several kinds narrow."""

    q = django_filters.CharFilter(
        label=_("Name, position, organisation or topic"),
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        method="by_words",
    )
    topics = django_filters.ModelMultipleChoiceFilter(
        label=_("Topics"), queryset=Topic.objects.all(), widget=forms.CheckboxSelectMultiple, method="by_topics"
    )
    industry = django_filters.MultipleChoiceFilter(
        label=_("Industry"), choices=(), widget=forms.CheckboxSelectMultiple, method="by_industry"
    )
    function = django_filters.MultipleChoiceFilter(
        label=_("Has led"), choices=(), widget=forms.CheckboxSelectMultiple, method="by_function"
    )
    language = django_filters.MultipleChoiceFilter(
        label=_("Language"), choices=(), widget=forms.CheckboxSelectMultiple, method="by_language"
    )
    hours = django_filters.ChoiceFilter(
        label=_("Times you share"), choices=HOURS, widget=forms.RadioSelect, empty_label=_("Any"), method="by_hours"
    )

    class Meta:
        model = Enrolment
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, mentee: MenteeCard, mentors: PoolColumns, askable: Mask, **kwargs: Any) -> None:
        """`askable`: those of the mentors who are listed at all, of shape (m,)."""
        super().__init__(*args, **kwargs)
        self.mentee, self.mentors, self.askable = mentee, mentors, askable
        self._offer_only_what_there_is()

    def _offer_only_what_there_is(self) -> None:
        """A choice nobody would match is left out."""
        held = self.mentors.expertise.values_held_by(self.askable)
        self.filters["topics"].queryset = Topic.objects.filter(pk__in=map(str, held))
        self._keep("industry", self.mentors.industries, Industry.choices)
        self._keep("function", self.mentors.functions, Function.choices)
        self._keep("language", self.mentors.languages, cldr.languages())

    def _keep(self, name: str, held: AttributeMatrix, choices: Iterable[tuple[Any, Any]]) -> None:
        known = held.values_held_by(self.askable)
        self.filters[name].extra["choices"] = [choice for choice in choices if choice[0] in known]

    def filter_queryset(self, queryset: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
        """Everybody who is listed, narrowed: by cards first, all at once, then by words."""
        self._fit = self.askable.copy()
        narrowed: QuerySet[Enrolment] = super().filter_queryset(queryset)
        fitting = [self.mentors.mentors[place].id for place in np.flatnonzero(self._fit).tolist()]
        return narrowed.filter(person__in=among(fitting))

    def pages(self, size: int) -> Paginator[UUID]:
        """The people found, so many a page. Their names alone are sorted; what else is shown is read of a page."""
        pages = Paginator(self.qs.values_list("person_id", flat=True), size)
        if not self.form.cleaned_data.get("q"):
            pages.count = int(self._fit.sum())  # nothing but their cards decided: no need to ask the database
        return pages

    @property
    def search(self) -> Any:
        """The field for words."""
        return self.form["q"]

    @property
    def facets(self) -> list[Any]:
        """The fields one picks from."""
        return [field for field in self.form if field.name != "q"]

    def by_words(self, queryset: QuerySet[Enrolment], name: str, said: str) -> QuerySet[Enrolment]:
        """Every word must occur, accents and capitals aside, in what the mentor page shows, or former names."""
        begun = Affiliation.objects.filter(person=OuterRef("person"), starts_on__lte=day_of(now()) + timedelta(days=1))
        expertise = Expertise.objects.filter(mentor__person=OuterRef("person"))
        for word in said.split():
            queryset = queryset.filter(
                Q(person__name__unaccent__icontains=word)
                | Q(person__profile__headline__unaccent__icontains=word)
                | Exists(begun.filter(organisation__in=Organisation.objects.search(word)))
                | Exists(expertise.filter(topic__name__unaccent__icontains=word))
            )
        return queryset

    def by_topics(self, queryset: QuerySet[Enrolment], name: str, said: Any) -> QuerySet[Enrolment]:
        return self._holding(queryset, self.mentors.expertise, [topic.pk for topic in said])

    def by_industry(self, queryset: QuerySet[Enrolment], name: str, said: list[str]) -> QuerySet[Enrolment]:
        return self._holding(queryset, self.mentors.industries, said)

    def by_function(self, queryset: QuerySet[Enrolment], name: str, said: list[str]) -> QuerySet[Enrolment]:
        return self._holding(queryset, self.mentors.functions, said)

    def by_language(self, queryset: QuerySet[Enrolment], name: str, said: list[str]) -> QuerySet[Enrolment]:
        return self._holding(queryset, self.mentors.languages, said)

    def by_hours(self, queryset: QuerySet[Enrolment], name: str, said: str) -> QuerySet[Enrolment]:
        self._fit &= self.mentors.shared_half_hours(self.mentee.hours or 0) >= 2 * int(said)
        return queryset

    def _holding(self, queryset: QuerySet[Enrolment], held: AttributeMatrix, wanted: list[Any]) -> QuerySet[Enrolment]:
        if wanted:
            self._fit &= held.holds_any(wanted)
        return queryset
