"""How often each deed is done in an attack."""

SHORT = {
    "kill child": 26,
    "kill worker": 4,
    "kill beat": 1,
    "stop worker": 3,
    "flush broker": 2,
    "kill broker": 1,
    "crash database": 1,
    "shut database at once": 1,
}
LONG = {
    "kill child": 120,
    "kill worker": 28,
    "kill beat": 4,
    "stop worker": 12,
    "flush broker": 6,
    "kill broker": 3,
    "crash database": 4,
    "shut database at once": 2,
}
CONTROL = {"kill child": 12}
