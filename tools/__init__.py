"""The ground tooling: embedded servers, the supervisor behind `dev.py run`, the pytest plugin, lint."""
