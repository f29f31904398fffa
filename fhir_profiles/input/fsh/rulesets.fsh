// Ce que chaque définition de ce guide porte.
RuleSet: Publication
* ^language = #fr-FR
* ^status = #active
* ^experimental = false
* ^date = "2026-11-22"
* ^publisher = "parcours-soins"
* ^jurisdiction = urn:iso:std:iso:3166#FR "France"

// Une extension simple dit sa valeur, et rien d'autre.
RuleSet: ExtensionSimple(court)
* insert Publication
* . ^short = {court}
* value[x] 1..1
