Extension: PdsExtensionAgrementCentre
Id: pds-ext-agrement-centre
Title: "Agrément du centre de santé"
Description: "Jour où le centre de santé a été agréé."
Context: Organization
* insert ExtensionSimple([["Agrément du centre de santé"]])
* value[x] only date
* valueDate ^short = "Jour de l'agrément"
