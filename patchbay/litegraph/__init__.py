"""The saved workflow's JSON (litegraph's): read, flattened to a prompt, laid out and drawn.

`patchbay.workflow` is the door to it.
"""
