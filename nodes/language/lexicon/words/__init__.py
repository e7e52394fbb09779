"""The tables of words, by kind of thing. `concept.read_table` says how a row is written."""
