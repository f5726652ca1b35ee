"""The house drawn from the imports, and its measures: `python -m tools.house`.

Prints how often each room imports from each other one, and how long files and functions are. Ends with 1 when a room
imports upwards, modules import each other in a circle, a file is too long, or functions are.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from tools.paths import ROOT

ROOMS = ("mentorship", "engagements", "matching", "cohorts", "accounts", "outbox", "common")  # from the top down
MOST_LINES = 400  # of a file
P90_LINES = 15  # nine of ten functions are not longer

Imports = Mapping[str, Collection[str]]  # module → the modules it imports, every module among the keys


def imports() -> Imports:
    """What every module of the rooms imports from them. Needs the packages of requirements/lint.txt."""
    import grimp

    graph = grimp.build_graph(*ROOMS, cache_dir=None, exclude_type_checking_imports=True)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def arrows(graph: Imports) -> Counter[tuple[str, str]]:
    """How many imports lead from a module of one room to a module of another, by (importer, imported)."""
    pairs = ((one.split(".")[0], other.split(".")[0]) for one, others in graph.items() for other in others)
    return Counter(pair for pair in pairs if pair[0] != pair[1])


def circles(graph: Imports) -> list[set[str]]:
    """Sets of modules that import each other, directly or through others (Kosaraju's two passes)."""
    importers: dict[str, list[str]] = {module: [] for module in graph}
    for importer, imported in graph.items():
        for module in imported:
            importers[module].append(importer)
    last_first = [module for group in _groups(sorted(graph), graph) for module in group][::-1]
    return [set(group) for group in _groups(last_first, importers) if len(group) > 1]


def _groups(starts: Iterable[str], graph: Imports) -> Iterator[list[str]]:
    """What is reached from each start and was not reached before, every module after all that is reached from it."""
    seen: set[str] = set()
    for start in starts:
        if start not in seen:
            yield _reached(start, graph, seen)


def _reached(start: str, graph: Imports, seen: set[str]) -> list[str]:
    order: list[str] = []
    seen.add(start)
    stack = [(start, iter(sorted(graph[start])))]
    while stack:
        module, others = stack[-1]
        other = next((each for each in others if each not in seen), None)
        if other is None:
            order.append(module)
            stack.pop()
        else:
            seen.add(other)
            stack.append((other, iter(sorted(graph[other]))))
    return order


def files() -> list[Path]:
    """The Python files of the rooms that people write; migrations are written by Django."""
    listed = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    paths = [ROOT / name for name in listed if name.split("/")[0] in ROOMS and "/migrations/" not in name]
    return [path for path in paths if path.exists()]


def function_lengths(paths: list[Path]) -> list[int]:
    """Lines of every function, from `def` to its end, docstring included; shortest first."""
    nodes = (node for path in paths for node in ast.walk(ast.parse(path.read_text())))
    return sorted(
        node.end_lineno - node.lineno + 1
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
    )


def main() -> int:
    """Print the house; 1 when something is not as it should be."""
    graph = imports()
    drawn = arrows(graph)
    print(f"{'imports from':>14} " + " ".join(f"{room[:11]:>11}" for room in ROOMS))
    for room in ROOMS:
        print(f"{room:>14} " + " ".join(f"{drawn[room, other] or '':>11}" for other in ROOMS))
    upward = [(one, other) for one, other in drawn if ROOMS.index(one) > ROOMS.index(other)]
    found = circles(graph)
    paths = files()
    lines = {path: len(path.read_text().splitlines()) for path in paths}
    lengths = function_lengths(paths)
    p90 = lengths[int(len(lengths) * 0.9)]
    long = [path for path, count in lines.items() if count > MOST_LINES]
    print(f"arrows upward: {len(upward)}; circles of modules: {len(found)}")
    print(f"files: {len(paths)}, the longest {max(lines.values())} lines; functions: {len(lengths)}, p90 {p90} lines")
    for wrong in (*upward, *found, *long):
        print(f"WRONG: {wrong}")
    return int(bool(upward or found or long or p90 > P90_LINES))


if __name__ == "__main__":
    sys.exit(main())
