"""A clinic's colours as a stylesheet: its accent, made readable on every surface it meets.

A clinic chooses one accent. What a visitor sees is derived from it by WCAG 2.2 contrast: darkened on light
surfaces and lightened on dark ones until it can be read, with black or white text upon it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from schemas.clinic import Widget

TEXT_CONTRAST: Final = 4.5
"""WCAG 1.4.3 for text of ordinary size; more than 1.4.11 asks of the edge of a button."""
_STEPS: Final = 40
"""How finely a colour is mixed towards black or white in search of contrast."""

_LINEAR_BELOW: Final = 0.04045
"""sRGB is linear up to here (IEC 61966-2-1)."""

WHITE: Final = "#ffffff"
BLACK: Final = "#000000"

LIGHT: Final = {
    "page": "#f4f6f8",
    "surface": "#ffffff",
    "raised": "#eef1f4",
    "line": "#d3d9e0",
    "edge": "#7b8794",
    "text": "#17202a",
    "soft": "#4a5663",
    "danger": "#a61b1b",
    "alarm": "#b3261e",
}
DARK: Final = {
    "page": "#101418",
    "surface": "#181d23",
    "raised": "#242b33",
    "line": "#38414b",
    "edge": "#7f8b98",
    "text": "#e8ecf0",
    "soft": "#b0bac5",
    "danger": "#ff9d94",
    "alarm": "#b3261e",
}
"""The neutral colours of each scheme, by the name of their CSS custom property."""


class Scheme(NamedTuple):
    """One of the two schemes: its neutral colours, and which way an accent is moved to be readable."""

    name: str
    neutral: dict[str, str]
    towards: str


SCHEMES: Final = (Scheme("light", LIGHT, BLACK), Scheme("dark", DARK, WHITE))


def theme_css(widget: Widget) -> str:
    """Return the stylesheet of custom properties for `widget`; where its scheme is `auto`, the visitor's decides."""
    light, dark = (_block(scheme, widget.accent) for scheme in SCHEMES)
    match widget.scheme:
        case "light":
            return light
        case "dark":
            return dark
        case "auto":
            return f"{light}@media (prefers-color-scheme: dark) {{\n{dark}}}\n"


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two ``#rrggbb`` colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def text_on(colour: str) -> str:
    """Return black or white, whichever is read better on `colour`; the ratio is never below 4.58."""
    return max(WHITE, BLACK, key=lambda text: contrast(text, colour))


def readable(colour: str, on: tuple[str, ...], towards: str) -> str:
    """Return `colour`, mixed with no more of `towards` than it takes to be read as text on every colour of `on`.

    Raises:
        StopIteration: Not even `towards` itself is readable there: a fault of the neutral colours.
    """
    mixes = (_mix(colour, towards, step / _STEPS) for step in range(_STEPS + 1))
    return next(mixed for mixed in mixes if all(contrast(mixed, surface) >= TEXT_CONTRAST for surface in on))


def _block(scheme: Scheme, accent: str) -> str:
    """Return the `:root` rule of one scheme."""
    neutral = scheme.neutral
    shown = readable(accent, (neutral["page"], neutral["surface"], neutral["raised"]), scheme.towards)
    colours = neutral | {
        "brand": accent,
        "on-brand": text_on(accent),
        "accent": shown,
        "on-accent": text_on(shown),
        "on-alarm": text_on(neutral["alarm"]),
    }
    lines = "".join(f"  --{name}: {value};\n" for name, value in colours.items())
    return f":root {{\n  color-scheme: {scheme.name};\n{lines}}}\n"


def _channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of ``#rrggbb``, 0 to 255."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _luminance(colour: str) -> float:
    """Return the relative luminance as WCAG defines it, 0 to 1."""
    shares = (channel / 255 for channel in _channels(colour))
    linear = (share / 12.92 if share <= _LINEAR_BELOW else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return sum(weight * share for weight, share in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _mix(colour: str, other: str, share: float) -> str:
    """Return `colour` with `share` (0 to 1) of `other` in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
