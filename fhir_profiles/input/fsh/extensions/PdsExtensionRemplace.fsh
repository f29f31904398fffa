Extension: PdsExtensionRemplace
Id: pds-ext-remplace
Title: "Médecin remplacé"
Description: "Le médecin que remplace le professionnel consulté. Un code de remplaçant dit qu'il remplace quelqu'un ; rien d'autre ne dit qui."
Context: PractitionerRole, Encounter.participant
* insert ExtensionSimple([["Médecin remplacé"]])
* value[x] only Reference(Practitioner or PractitionerRole)
* valueReference ^short = "Le médecin remplacé, par référence ou par son numéro RPPS"
