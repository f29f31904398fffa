Profile: PdsEncounter
Parent: Encounter
Id: pds-encounter
Title: "PDS Encounter"
Description: "La visite : quand, qui, où, comment. À la différence de fr-core-encounter, aucun identifiant n'est exigé : une consultation de ville n'en a pas."
* insert Publication
* obeys pds-enc-1
* extension contains PdsExtensionCirconstance named circonstance 0..* MS
* extension[circonstance] ^short = "Circonstances attestées : urgence, éloignement, médecin traitant indisponible…"
* class MS
* class ^short = "Mode : AMB au cabinet, VR téléconsultation, EMER urgences, IMP hospitalisation…"
* priority MS
* priority ^short = "EM (v3-ActPriority) dit l'urgence"
* type MS
* type ^short = "Groupe de l'acte, pour un spécialiste d'accès direct"
* type.coding ^slicing.discriminator.type = #value
* type.coding ^slicing.discriminator.path = "system"
* type.coding ^slicing.rules = #open
* type.coding contains acteAccesDirect 0..1 MS
* type.coding[acteAccesDirect] ^short = "Groupe d'actes de l'accès direct spécifique ; `autre-acte` dit : aucun d'eux"
* type.coding[acteAccesDirect] from PdsValueSetActeAccesDirect (required)
* type.coding[acteAccesDirect].system 1..1
* type.coding[acteAccesDirect].system = $pds-cs-acte-acces-direct (exactly)
* type.coding[acteAccesDirect].code 1..1
* subject MS
* subject ^short = "Le patient"
* subject only Reference(Patient)
* basedOn MS
* basedOn ^short = "L'adressage qui a conduit à cette visite"
* participant MS
* participant.extension contains PdsExtensionRemplace named remplace 0..1 MS
* participant.extension[remplace] ^short = "Le médecin que le professionnel remplace ce jour"
* participant.type MS
* participant.type ^short = "PPRF le professionnel consulté, à défaut ATND"
* participant.individual MS
* participant.individual ^short = "Le professionnel consulté"
* period 1..1 MS
* period.start 1..1 MS
* period.start ^short = "Début de la visite, avec son fuseau : il donne le jour des soins au lieu des soins"
* location MS
* location ^short = "Lieu des soins"
* serviceProvider MS
* serviceProvider ^short = "Structure : centre de santé, hôpital, structure humanitaire, permanence des soins…"
