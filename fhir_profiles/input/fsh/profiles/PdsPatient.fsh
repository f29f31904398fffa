Profile: PdsPatient
Parent: Patient
Id: pds-patient
Title: "PDS Patient"
Description: "Le patient : son âge, son médecin traitant déclaré, son domicile. Ni son nom ni son numéro de sécurité sociale ne sont nécessaires à la décision."
* insert Publication
* extension contains PdsExtensionDeclarationMedecinTraitant named declarationMedecinTraitant 0..* MS
* extension[declarationMedecinTraitant] ^short = "Déclarations de médecin traitant, ou l'affirmation qu'il n'y en a pas"
* identifier MS
* identifier ^short = "Non lu pour décider ; sert à préparer une déclaration"
* birthDate MS
* birthDate ^short = "Date de naissance, même partielle ; absente, l'âge est inconnu"
* address MS
* address ^short = "Domicile (`home`), avec sa période : un éloignement peut en être suggéré"
* generalPractitioner MS
* generalPractitioner ^short = "Médecin habituel : cru faute de déclaration, avec un avertissement"
