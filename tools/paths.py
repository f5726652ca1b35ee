"""Where things lie."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"  # everything the demo keeps: data, secrets, logs; never in git
ENVIRONMENT = VAR / "env"  # the running demo's environment, for `dev.py manage`; readable by its owner only
SECRETS = VAR / "secrets.env"
LOGS = VAR / "log"
