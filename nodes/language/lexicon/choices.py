"""The recipe's closed word lists, and the questions whether a word is in one of them."""

from __future__ import annotations

from typing import TypeGuard, get_args

from patchbay import Ambience, Instrument, Mode, Mood, SectionName, Tonic

__all__ = ["Ambience", "Instrument", "Mode", "Mood", "SectionName", "Tonic"]

TONICS: tuple[Tonic, ...] = get_args(Tonic)
MOODS: tuple[Mood, ...] = get_args(Mood)


def is_mood(word: str) -> TypeGuard[Mood]:
    return word in get_args(Mood)


def is_instrument(word: str) -> TypeGuard[Instrument]:
    return word in get_args(Instrument)


def is_ambience(word: str) -> TypeGuard[Ambience]:
    return word in get_args(Ambience)


def is_mode(word: str) -> TypeGuard[Mode]:
    return word in get_args(Mode)
