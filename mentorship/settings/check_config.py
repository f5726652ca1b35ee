"""Lists every variable that production reads: `python manage.py check_config`. It runs also where the settings do not
load, which is when it is wanted; secrets are never shown.
"""

import sys
from textwrap import fill

from django.core.exceptions import ImproperlyConfigured

from mentorship.settings.environment import VARIABLES, Variable, env, problem

WIDE = 100


def state(variable: Variable) -> str:
    """What is to be known of it: missing, unsafe, set (and to what), or its default."""
    try:
        said = env.str(variable.name, default="")
    except ImproperlyConfigured:
        return "unsafe"
    if problem(variable):
        return "unsafe" if said else "missing"
    if not said:
        return f"default: {variable.default}" if variable.default else "not set"
    return "set" if variable.secret else f"set: {said}"


def lines() -> list[str]:
    """The list, a paragraph for each variable, and at its end what keeps production from starting."""
    listed = []
    for variable in VARIABLES:
        listed.append(f"{variable.name:<24} {state(variable)}")
        listed += [
            fill(sentence, WIDE, initial_indent=" " * 4, subsequent_indent=" " * 4)
            for sentence in filter(None, (variable.meaning, problem(variable)))
        ]
    return listed


def main() -> int:
    """Write the list; 1 if production would not start."""
    wrong = sum(bool(problem(variable)) for variable in VARIABLES)
    end = f"{wrong} to be mended: the site does not start." if wrong else "Nothing is missing, and nothing is unsafe."
    sys.stdout.write("\n".join([*lines(), end, ""]))
    return min(wrong, 1)
