Profile: PdsPractitionerRole
Parent: PractitionerRole
Id: pds-practitioner-role
Title: "PDS PractitionerRole"
Description: "Situation d'exercice d'un professionnel : spécialité, remplacement, installation, secteur. Le secteur de conventionnement et l'OPTAM sont portés par les extensions de l'Annuaire Santé as-ext-practitionerrole-contracted et as-ext-practitionerrole-hascas."
* insert Publication
* extension contains
    PdsExtensionRemplace named remplace 0..1 MS and
    PdsExtensionPremiereInstallation named premiereInstallation 0..1 MS and
    PdsExtensionZoneSousDense named zoneSousDense 0..1 MS
* extension[remplace] ^short = "Le médecin qu'il remplace"
* extension[premiereInstallation] ^short = "Jour de sa première installation en libéral"
* extension[zoneSousDense] ^short = "Jour de son installation en zone sous-dense"
* identifier MS
* identifier ^short = "Numéro Assurance Maladie de facturation (https://www.ameli.fr)"
* practitioner 1..1 MS
* practitioner ^short = "Le professionnel, par référence ou par son numéro RPPS"
* organization MS
* organization ^short = "Sa structure : deux médecins qui la partagent exercent dans les mêmes locaux"
* code MS
* code ^short = "GENR02, GENR03 ou FON-22 : remplaçant"
* specialty MS
* specialty ^short = "Spécialité ordinale (TRE_R38) ou spécialité de l'Assurance Maladie (TRE_G100)"
* location MS
