"""The site object of the administration: who may enter, and under which name."""

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class CoordinationSite(AdminSite):
    """Coordinators sign in where everybody does: by code, password or passkey, through allauth."""

    site_header = _("Coordination")
    site_title = _("Coordination")
    index_title = _("What needs you")
    login = secure_admin_login(AdminSite.login)
