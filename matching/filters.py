"""Narrowing the directory: plain GET fields over the cards the engine already has, and words to look for."""

from collections.abc import Callable
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.choices import Function, Industry, Language
from accounts.models import Affiliation, Expertise, Topic
from common.clock import now
from matching.engine import MenteeCard, MentorCard, shared_half_hours
from matching.models import Enrolment

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
        label=_("Industry"), choices=Industry.choices, widget=forms.CheckboxSelectMultiple, method="by_industry"
    )
    function = django_filters.MultipleChoiceFilter(
        label=_("Has led"), choices=Function.choices, widget=forms.CheckboxSelectMultiple, method="by_function"
    )
    language = django_filters.MultipleChoiceFilter(
        label=_("Language"), choices=Language.choices, widget=forms.CheckboxSelectMultiple, method="by_language"
    )
    hours = django_filters.ChoiceFilter(
        label=_("Times you share"), choices=HOURS, widget=forms.RadioSelect, empty_label=_("Any"), method="by_hours"
    )

    class Meta:
        model = Enrolment
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, mentee: MenteeCard, mentors: list[MentorCard], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mentee, self.mentors = mentee, mentors
        self._offer_only_what_there_is()

    def _offer_only_what_there_is(self) -> None:
        """A choice nobody would match is left out."""
        topics = {topic for card in self.mentors for topic, _depth in card.expertise}
        self.filters["topics"].queryset = Topic.objects.filter(pk__in=map(str, topics))
        self._keep("industry", {each for card in self.mentors for each in card.industries})
        self._keep("function", {card.function for card in self.mentors})
        self._keep("language", {each for card in self.mentors for each in card.languages})

    def _keep(self, name: str, known: set[Any]) -> None:
        extra = self.filters[name].extra
        extra["choices"] = [choice for choice in extra["choices"] if choice[0] in known]

    def _where(self, queryset: QuerySet[Enrolment], fits: Callable[[MentorCard], bool]) -> QuerySet[Enrolment]:
        return queryset.filter(person__in=[card.id for card in self.mentors if fits(card)])

    @property
    def search(self) -> Any:
        """The field for words."""
        return self.form["q"]

    @property
    def facets(self) -> list[Any]:
        """The fields one picks from."""
        return [field for field in self.form if field.name != "q"]

    def by_words(self, queryset: QuerySet[Enrolment], name: str, said: str) -> QuerySet[Enrolment]:
        """Every word must occur, accents and capitals aside, in what the mentor's own page shows."""
        begun = Affiliation.objects.filter(person=OuterRef("person"), starts_on__lte=now().date())
        expertise = Expertise.objects.filter(mentor__person=OuterRef("person"))
        for word in said.split():
            queryset = queryset.filter(
                Q(person__name__unaccent__icontains=word)
                | Q(person__profile__headline__unaccent__icontains=word)
                | Exists(begun.filter(organisation__name__unaccent__icontains=word))
                | Exists(expertise.filter(topic__name__unaccent__icontains=word))
            )
        return queryset

    def by_topics(self, queryset: QuerySet[Enrolment], name: str, said: Any) -> QuerySet[Enrolment]:
        wanted = {topic.pk for topic in said}
        if not wanted:
            return queryset
        return self._where(queryset, lambda card: any(topic in wanted for topic, _depth in card.expertise))

    def by_industry(self, queryset: QuerySet[Enrolment], name: str, said: list[str]) -> QuerySet[Enrolment]:
        return self._where(queryset, lambda card: bool(card.industries & set(said))) if said else queryset

    def by_function(self, queryset: QuerySet[Enrolment], name: str, said: list[str]) -> QuerySet[Enrolment]:
        return self._where(queryset, lambda card: card.function in said) if said else queryset

    def by_language(self, queryset: QuerySet[Enrolment], name: str, said: list[str]) -> QuerySet[Enrolment]:
        return self._where(queryset, lambda card: bool(card.languages & set(said))) if said else queryset

    def by_hours(self, queryset: QuerySet[Enrolment], name: str, said: str) -> QuerySet[Enrolment]:
        least, mine = 2 * int(said), self.mentee.hours or 0
        return self._where(queryset, lambda card: shared_half_hours(mine, card.hours or 0) >= least)
