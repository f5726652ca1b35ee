"""The bare page's only view, and its address."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group, Permission
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

ROWS = 20


@login_required
def page(request: HttpRequest) -> HttpResponse:
    """Twenty rows with what belongs to them, how many there are, and the groups."""
    context = {
        "rows": list(Permission.objects.select_related("content_type")[:ROWS]),
        "count": Permission.objects.count(),
        "groups": list(Group.objects.order_by("name")[:ROWS]),
    }
    return render(request, "page.html", context)


urlpatterns = [path("page/", page)]
