"""The person who signs in, by e-mail."""

from typing import Any, ClassVar

from anyascii import anyascii
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models.names import ERASED_NAME, FormerMember, PersonNameField
from common.models import UUIDModel

TITLES = frozenset(
    [
        "baroness",
        "dame",
        "dato",
        "dato'",
        "dato’",
        "datin",
        "datuk",
        "dott",
        "dott.ssa",
        "dr",
        "dra",
        "frau",
        "fru",
        "herr",
        "herra",
        "lady",
        "lord",
        "madame",
        "mevrouw",
        "mlle",
        "mme",
        "mr",
        "mrs",
        "ms",
        "mx",
        "prof",
        "professor",
        "señor",
        "señora",
        "shri",
        "shrimati",
        "signor",
        "signora",
        "sir",
        "smt",
    ]
)
# Of whose words some are names, too.
TITLES_OF_TWO_WORDS = ("tan sri ", "datuk seri ", "dato' sri ", "dato’ sri ")
# What may follow a name after a comma, besides anything with two capitals or a full stop, such as "MBA" or "Ph.D.".
AFTER_A_NAME = frozenset({"esq", "jr", "junior", "sr", "senior"})


class UserManager(BaseUserManager["User"]):
    """Makes people. Addresses are kept in lower case: one mailbox, one person."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person; without a password they sign in by code or passkey. Raises `ValueError` without an address."""
        if not email:
            raise ValueError("A person needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who may appoint coordinators. Whoever runs the server vouches for the address: it counts as proven,
        so that the first sign-in needs no e-mail.
        """
        from allauth.account.models import EmailAddress  # it wants to know our own model first

        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Whatever the case it was typed in."""
        return self.get(email=(username or "").strip().lower())


class User(UUIDModel, AbstractBaseUser, PermissionsMixin):
    """One person. What others may read about them is in their profiles."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = PersonNameField(_("full name"), max_length=120)
    is_staff = models.BooleanField(_("may enter the administration"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    session_version = models.PositiveIntegerField(default=0, editable=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="user_email_lower_case",
                violation_error_message=_("An e-mail address is kept in lower case."),
            ),
            models.CheckConstraint(
                condition=~models.Q(name=ERASED_NAME) | models.Q(is_active=False, is_staff=False, is_superuser=False),
                name="user_erased_is_nobody",
                violation_error_message=_("What this account held was erased: nobody can sign in to it any more."),
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What every session of this person carries: another password or `session_version` ends them all."""
        carried = f"{self.session_version}:{self.password}"
        return salted_hmac("accounts.session", carried, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_erased(self) -> bool:
        """Whether only the empty row of this person is left."""
        return isinstance(self.name, FormerMember)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        """The first word of the name that is no title and no abbreviation, for greetings; of "Klein, Petra" Petra."""
        if self.is_erased:
            return self.name
        names = _names(self.name)
        return names[0] if names else self.name


def name_key(name: str) -> tuple[str, ...]:
    """What all ways to write a person's name share: "Dr. Zoë Klein" and "KLEIN, Zoe"."""
    return tuple(sorted(anyascii(word).lower() for word in _names(name) or [name]))


def _names(name: str) -> list[str]:
    """The words of a name without titles, abbreviations and degrees, the given name before the comma's other part."""
    family, _comma, given = name.partition(",")
    first, last = (family, "") if all(map(_is_no_name, given.split())) else (given, family)
    words = f"{first} {last}".split()
    words = words[2:] if " ".join(words).lower().startswith(TITLES_OF_TWO_WORDS) else words
    return [word for word in words if word.lower() not in TITLES and not word.endswith(".")]


def _is_no_name(word: str) -> bool:
    """Whether this, after a comma, is a degree or an honour and not a given name."""
    return word.lower() in AFTER_A_NAME or "." in word or sum(map(str.isupper, word)) > 1
