"""How gunicorn finds the bare page."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.pages.bare.settings")
application = get_wsgi_application()
