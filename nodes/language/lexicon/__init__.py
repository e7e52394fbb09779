"""Free text into a recipe by a hand-made lexicon: no learning, no network, nothing to install.

`plan` makes the recipe, `explain` says which words led to which choice. It reads English, and the
common words of German, French and Spanish, emoji, and a few words of other languages.
"""

from .planning import explain, plan
from .reason import Reason

__all__ = ["Reason", "explain", "plan"]
