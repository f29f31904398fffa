Extension: PdsExtensionSituationCouverture
Id: pds-ext-situation-couverture
Title: "Situation de couverture"
Description: "Ce que la couverture change à la position ou au remboursement : ALD, C2S, AME, maternité, régime de Mayotte… Répétable."
Context: Coverage
* insert ExtensionSimple([["Situation de couverture"]])
* value[x] only CodeableConcept
* valueCodeableConcept 1..1
* valueCodeableConcept from PdsValueSetCouverture (required)
* valueCodeableConcept ^short = "La situation"
