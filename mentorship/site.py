"""The administration: Django's own, entered through the site's sign-in, with a second factor where it is required."""

from django.contrib.admin.apps import AdminConfig


class CoordinationAdmin(AdminConfig):
    """Django's admin with our site object."""

    default_site = "mentorship.admin_site.CoordinationSite"
