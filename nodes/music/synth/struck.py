"""Struck instruments: electric piano, piano, vibraphone, music box."""

from __future__ import annotations

import numpy as np

from .modal import Modes, Wave, hertz, ring, risen


def electric_piano(pitch: int, strength: float, seconds: float, rate: float) -> Wave:
    """A Rhodes: a sinusoidal tine before a pickup whose curvature barks, and a short tine ring.

    The tine moves sinusoidally after a very short transient and the growl comes from the
    pickup's field (Muenster and Pfeifle, Non-linear Behaviour in Sound Production of the Rhodes
    Piano, ISMA 2014). A power series of the field turns E(t) sin x into overtones whose levels
    go with E^n: overtone n dies n times as fast, and grows with the n-th power of the blow.
    """
    base = hertz(pitch)
    order = np.arange(1.0, 7.0)
    body = 2.4 * 2.0 ** (-(pitch - 48) / 20.0)
    bark = 0.32 + 0.75 * strength
    levels = np.array([1.0, 0.70, 0.42, 0.26, 0.15, 0.08]) * bark ** (order - 1.0)
    modes = Modes(base * order, levels, body / order)
    # The tine's next modes. A plain clamped bar has them at 6.27 and 17.55; the tuning spring
    # shifts them, here by ear. They colour the attack alone (Gabrielli et al., The Rhodes
    # electric piano: Analysis and simulation of the inharmonic overtones, JASA 2020).
    tine = Modes(
        base * np.array([7.1, 18.4]),
        np.array([0.2, 0.06]) * (0.3 + 1.2 * strength),
        np.array([0.16, 0.05]),
    )
    return risen(ring(modes.joined(tine), int(seconds * rate), rate), 0.004, rate)


def piano(pitch: int, strength: float, seconds: float, rate: float) -> Wave:
    """A felted upright: stiff strings, two to a note, a hammer that hardens with the blow.

    Partials n f sqrt(1 + B n^2) with B near 4e-4 in the middle (Fletcher and Rossing, The
    Physics of Musical Instruments, chapter 12). Each partial decays fast, then slowly, as the
    strings fall out of phase (Weinreich 1977): a strong short mode and a weak long one beside it.
    """
    base = hertz(pitch)
    order = np.arange(1.0, 17.0)
    stretched = base * order * np.sqrt(1.0 + 4e-4 * 2.0 ** ((pitch - 60) / 12.0) * order**2)
    felt_hz = 700.0 + 2600.0 * strength
    strike = np.abs(np.sin(np.pi * order / 8.3)) + 0.1
    levels = strike * np.exp(-stretched / felt_hz) * np.exp(base / felt_hz) / order**0.4
    long = 2.8 * 2.0 ** (-(pitch - 52) / 18.0) / (1.0 + 0.18 * (order - 1.0))
    prompt = Modes(stretched, levels, long * 0.28)
    after = Modes(stretched * 1.0006, 0.33 * levels, long)
    return risen(ring(prompt.joined(after), int(seconds * rate), rate), 0.005, rate)


def vibraphone(pitch: int, strength: float, seconds: float, rate: float) -> Wave:
    """Aluminium bars tuned to 1 : 4 : 10 under soft mallets (Fletcher and Rossing, chapter 19)."""
    order = np.array([1.0, 4.0, 10.0])
    levels = np.array([1.0, 0.14 + 0.20 * strength, 0.06 * strength])
    body = 2.6 * 2.0 ** (-(pitch - 60) / 24.0)
    modes = Modes(hertz(pitch) * order, levels, body * np.array([1.0, 0.22, 0.05]))
    return risen(ring(modes, int(seconds * rate), rate), 0.003, rate)


def music_box(pitch: int, strength: float, seconds: float, rate: float) -> Wave:
    """A plucked steel tongue: modes of a clamped bar at 1 : 6.27 : 17.55, and a little octave."""
    order = np.array([1.0, 2.0, 6.267, 17.55])
    levels = np.array([1.0, 0.12, 0.16 + 0.2 * strength, 0.06])
    body = 1.1 * 2.0 ** (-(pitch - 76) / 24.0)
    modes = Modes(hertz(pitch) * order, levels, body * np.array([1.0, 0.5, 0.16, 0.03]))
    return risen(ring(modes, int(seconds * rate), rate), 0.0015, rate)
