"""The rules, one module per text. Importing this package declares them all."""

from parcours.law.rules import (
    convention,
    css_d162_1_6,
    css_d162_1_7,
    css_l162_5_3,
    css_l162_5_4,
    css_r160_6,
    hors_dispositif,
    sesam_vitale,
)

__all__ = [
    "convention",
    "css_d162_1_6",
    "css_d162_1_7",
    "css_l162_5_3",
    "css_l162_5_4",
    "css_r160_6",
    "hors_dispositif",
    "sesam_vitale",
]
