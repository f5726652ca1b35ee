"""The demo's fictional programme. The modules of words hold people and places; `people` and `story` write them down."""
