#!/usr/bin/env python
"""Django's command line. Without DJANGO_SETTINGS_MODULE it uses the production settings, never the demo's."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings.production")
    if sys.argv[1:] == ["check_config"]:  # which Django would not find while the settings do not load
        from mentorship.settings.check_config import main as check_config

        sys.exit(check_config())
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
