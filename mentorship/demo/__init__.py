"""The demo: fictional people, a clock that can be moved, a mailbox page. Installed by the demo's and the
tests' settings only.
"""
