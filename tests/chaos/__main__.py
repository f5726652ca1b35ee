"""`python3 dev.py chaos`: the long attack, and a table of what it did and what came of it."""

import argparse
import sys

from tests.chaos.harness import Verdict, stage
from tests.chaos.plans import CONTROL, LONG
from tools.process import StackError, stop_signals_interrupt


def lost_answers(verdict: Verdict) -> int:
    return sum(count for name, count in verdict.faults.items() if name.startswith(("DOT lose", "DOT drop", "DOT hang")))


ROWS = (
    ("letters", lambda verdict: verdict.letters),
    ("kill −9 of a worker's child", lambda verdict: verdict.deeds["kill child"]),
    ("kill −9 of a whole worker", lambda verdict: verdict.deeds["kill worker"]),
    ("kill −9 of beat", lambda verdict: verdict.deeds["kill beat"]),
    ("workers stopped past their lease and resumed", lambda verdict: verdict.deeds["stop worker"]),
    ("broker emptied", lambda verdict: verdict.deeds["flush broker"]),
    ("broker killed", lambda verdict: verdict.deeds["kill broker"]),
    ("database crashed", lambda verdict: verdict.deeds["crash database"] + verdict.deeds["shut database at once"]),
    ("faults of the mail server", lambda verdict: sum(verdict.faults.values())),
    ("of these, answers lost after the final dot", lost_answers),
    ("**lost**", lambda verdict: len(verdict.lost)),
    ("copies beyond the first", lambda verdict: verdict.copies_too_many),
    ("doubts recorded", lambda verdict: verdict.doubts),
    ("**letters with more copies than 1 + doubts**", lambda verdict: len(verdict.unrecorded)),
    ("sent together with another", lambda verdict: verdict.together),
    ("seconds", lambda verdict: round(verdict.seconds)),
)


def table(verdicts: dict[str, Verdict]) -> str:
    head = ["", *verdicts]
    lines = [head, ["---", *["--:"] * len(verdicts)]]
    lines += [[name, *[str(read(verdict)) for verdict in verdicts.values()]] for name, read in ROWS]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py chaos", description=__doc__)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--controls", type=int, default=1_000, help="letters of each control")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    control = {name: count * 3 for name, count in CONTROL.items()}
    runs = (
        ("the outbox", "outbox.tasks.deliver", options.letters, LONG, True),
        ("control: mark first", "chaos.mark_first", options.controls, control, False),
        ("control: send first", "chaos.send_first", options.controls, control, False),
    )
    verdicts = {}
    try:
        with stop_signals_interrupt(), stage() as made:
            for name, task, letters, deeds, faults in runs:
                print(f"{name}: {letters} letters ...", flush=True)
                verdicts[name] = made.attack(task=task, letters=letters, deeds=deeds, seed=options.seed, faults=faults)
    except StackError as problem:
        sys.exit(str(problem))
    print(table(verdicts))
    ours, *wrong = verdicts.values()
    bites = bool(wrong[0].lost) and bool(wrong[1].unrecorded)
    print(f"kills: {ours.kills}; the controls {'fail, as they must' if bites else 'DID NOT FAIL'}")
    return 0 if bites and not ours.lost and not ours.unrecorded else 1


if __name__ == "__main__":
    sys.exit(main())
