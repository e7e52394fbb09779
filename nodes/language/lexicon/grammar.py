"""The small words of four languages: what negates, strengthens, joins, and says nothing."""

from __future__ import annotations

from .concept import Language
from .text import fold


def words(text: str) -> frozenset[str]:
    """The words of a text, folded as tokens are."""
    return frozenset(fold(word) for word in text.split())


# What negates the next thing ("no drums") and what negates the next quality ("not sad").
NEGATES_THING = words("""
    no without zero minus avoid nor neither skip exclude excluding except omit kein keine keinen
    keinem keiner ohne sans sin ni senza sem weder без aucun aucune ningun ninguna
    """)
NEGATES_QUALITY = words("""
    not never nothing non nicht nie niemals pas jamais nunca hardly dont isnt не
    """)
NEGATES_PAIR = frozenset(
    {("instead", "of"), ("rather", "than"), ("anything", "but"), ("free", "of")}
)
# What stands before the t of "don't", written with any apostrophe.
BEFORE_APOSTROPHE_T = words("""
    don isn aren wasn weren doesn didn won wouldn can couldn shouldn ain hasn haven
    """)
LESSENS = words("less weniger moins menos")

# "Very" moves a feeling half as far again, "slightly" half as far: set by reading recipes.
_MORE = words("""
    very really so extremely super incredibly deeply ultra totally absolutely insanely intensely
    sehr extrem total wirklich besonders unglaublich tres vraiment extremement tellement muy super
    extremadamente realmente molto очень так
    """)
_LESS = words("""
    slightly somewhat bit little kinda rather fairly faintly subtly mildly subtle etwas bisschen
    peu legerement poco algo ligeramente немного
    """)
STRENGTHS: dict[str, float] = dict.fromkeys(_MORE, 1.5) | dict.fromkeys(_LESS, 0.5)

# What ends the reach of a negation.
TURNS = words("""
    but just only with yet though although aber sondern nur mit doch mais seulement avec pero sino
    solamente con ma но
    """)
JOINS = words("and or & und oder et ou y o e ni nor noch plus и или")
ALONE = words("only just solo nur seulement solamente unaccompanied")

# Also words of one language that mean something in another: German "Brief" is a letter.
SAYS_NOTHING: dict[Language, frozenset[str]] = {
    "en": words("""
        the a an of in on at by for from to into over under through with without and or but is are
        was were be been am it its this that these those my your our their his her i we you they he
        she me us them some any as like while when where how what who which there here have has had
        do does did not no very so just only make made create want need please give something music
        song songs track tracks piece tune theme about feel feeling feels vibe vibes mood style
        sound sounds sounding kind sort bit little more less much many too all up down out off
        along after before during until than then if can could would should will instrumental
        melody one background brief grab alter gut tag rote tot chat lit vent ours vague champ pre
        mal bien bpm key tempo major minor sharp flat get got let go going im put lots lot big
        small new long short loop loops minute minutes second
        """),
    "de": words("""
        der die das den dem des ein eine einen einem einer eines und oder aber in im an am auf aus
        bei mit nach von vom zu zum zur für über unter durch gegen ohne um ist sind war waren wird
        es er sie wir ich du ihr mein meine meinen dein sein seine ihre unser nicht kein keine nur
        auch noch schon sehr so wie wenn als dass was wer wo hier dort dieser diese dieses man mich
        mir dir sich uns etwas musik lied stück melodie bitte mach gib fast also bald beim ins
        einmal eher dann denn
        """),
    "fr": words("""
        le la les un une des du de d l et ou mais dans en sur sous avec sans pour par au aux à ce
        cette ces mon ma mes ton ta tes son sa ses notre nos il elle on nous vous ils elles je tu
        est sont était qui que qu où ne n pas plus très comme quand musique chanson morceau fais
        fait s c j pain main chez près vers
        """),
    "es": words("""
        el la los las un una unos unas de del al y o pero en sobre con sin para por su sus mi mis
        tu tus este esta ese esa es son era que donde no muy como cuando música canción pieza se lo
        le me te nos yo ella él hasta desde
        """),
    "other": words("""
        il lo gli della del di nel nella um uma do da no na com e em и в на с
        """),
}
