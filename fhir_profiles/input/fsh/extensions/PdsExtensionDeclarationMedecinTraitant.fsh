Extension: PdsExtensionDeclarationMedecinTraitant
Id: pds-ext-declaration-medecin-traitant
Title: "Déclaration de médecin traitant"
Description: "Une déclaration de médecin traitant, ancienne ou en vigueur, ou l'affirmation qu'il n'y en a pas. Répétable : une extension par déclaration. Patient.generalPractitioner n'est pas une déclaration."
Context: Patient
* insert Publication
* . ^short = "Déclaration de médecin traitant, ancienne ou en vigueur"
* obeys pds-mt-1 and pds-mt-2 and pds-mt-3
* extension contains
    statut 1..1 and
    medecin 0..* and
    debut 0..1 and
    fin 0..1 and
    motifFin 0..1 and
    source 0..1 and
    dateSource 0..1
* extension[statut] ^short = "Un médecin traitant est déclaré, aucun ne l'est, ou on l'ignore"
* extension[statut].value[x] 1..1
* extension[statut].value[x] only code
* extension[statut].valueCode from PdsValueSetStatutMt (required)
* extension[medecin] ^short = "Le médecin déclaré ; plusieurs s'ils sont conjointement désignés"
* extension[medecin].value[x] 1..1
* extension[medecin].value[x] only Reference(Practitioner or PractitionerRole)
* extension[debut] ^short = "Premier jour ; absent, la déclaration est en vigueur"
* extension[debut].value[x] 1..1
* extension[debut].value[x] only date
* extension[fin] ^short = "Dernier jour en vigueur, inclus"
* extension[fin].value[x] 1..1
* extension[fin].value[x] only date
* extension[motifFin] ^short = "Pourquoi elle a pris fin"
* extension[motifFin].value[x] 1..1
* extension[motifFin].value[x] only code
* extension[motifFin].valueCode from PdsValueSetMotifFin (required)
* extension[source] ^short = "Qui le dit"
* extension[source].value[x] 1..1
* extension[source].value[x] only code
* extension[source].valueCode from PdsValueSetSourceMt (required)
* extension[dateSource] ^short = "Quand cela a été dit"
* extension[dateSource].value[x] 1..1
* extension[dateSource].value[x] only date
