"""Putting many sounds one after the other into one, which is the only copy that is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from patchbay.channels import with_channels
from patchbay.errors import InputError
from patchbay.joins import CrossfadeCurve, crossfaded
from patchbay.media import Audio
from patchbay.rates import frames_at, resampled
