"""Filters for e-mails, whose templates are plain text: the HTML layout makes paragraphs of it, and in the text
layout, where nothing is escaped, the same filter writes no tag.
"""

from django import template
from django.template.defaultfilters import stringfilter
from django.utils.html import conditional_escape, format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe

from outbox.kinds import tidy

register = template.Library()


@register.filter
@stringfilter
def paragraphs(text: str) -> SafeString:
    """HTML of plain text: a paragraph wherever an empty line ends one, a break at any other end of a line."""
    return mark_safe(linebreaks(tidy(conditional_escape(text))))  # noqa: S308 - escaped here, or by the engine before


@register.filter(needs_autoescape=True)
def link(address: str, autoescape: bool = True) -> str:
    """An address to click on; as text, the address."""
    return _tagged('<a href="{0}">{0}</a>', address, autoescape)


@register.filter(needs_autoescape=True)
def strong(words: str, autoescape: bool = True) -> str:
    """Words in bold; as text, the words."""
    return _tagged("<strong>{}</strong>", words, autoescape)


@register.filter(needs_autoescape=True)
def large(words: str, autoescape: bool = True) -> str:
    """A line as large as the heading, such as a code to type; as text, the words."""
    return _tagged('<p class="heading">{}</p>', words, autoescape)


def _tagged(tags: str, words: str, as_html: bool) -> str:
    return format_html(tags, words) if as_html else words
