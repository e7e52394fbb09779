"""A server under fire: thousands of broken, hostile and merely odd requests, and what must hold
after each of them. `python -m tests.fuzz --cases 10000` runs it in full."""
