"""The commands of `patchbay`, a module each: `add` describes its arguments, `main` does it."""
