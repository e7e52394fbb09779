"""Measures what is promised, as ratios against a named peer or limit: `make bench`."""
