"""The review board of a run: what coordinators change of its proposals before they are published."""
