Extension: PdsExtensionCirconstance
Id: pds-ext-circonstance
Title: "Circonstance attestée"
Description: "Circonstance que le professionnel ou le patient atteste : urgence, éloignement, médecin traitant indisponible… Répétable."
Context: Encounter, Appointment
* insert ExtensionSimple([["Circonstance attestée"]])
* value[x] only CodeableConcept
* valueCodeableConcept 1..1
* valueCodeableConcept from PdsValueSetCirconstance (required)
* valueCodeableConcept ^short = "La circonstance"
