"""How a list of the administration finds the rows of one page."""

from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest


class KeysFirst(ChangeList):
    """Finds the keys of the page's rows, then reads those rows alone.

    What a row is shown with (the people of it, counts, other columns) would else be read of every row of the list, so
    as to be sorted with it and thrown away.
    """

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        keys = list(self.result_list.values_list("pk", flat=True))
        rows = self.root_queryset.order_by().filter(pk__in=keys)
        if not rows.query.select_related:
            rows = self.apply_select_related(rows)
        found = {row.pk: row for row in rows}
        self.result_list = [found[key] for key in keys if key in found]
