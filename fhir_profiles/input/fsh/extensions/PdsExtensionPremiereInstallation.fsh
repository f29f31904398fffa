Extension: PdsExtensionPremiereInstallation
Id: pds-ext-premiere-installation
Title: "Première installation en libéral"
Description: "Jour de la première installation du médecin en exercice libéral. La date de début d'activité dans un cabinet ne le prouve pas."
Context: PractitionerRole
* insert ExtensionSimple([["Première installation en libéral"]])
* value[x] only date
* valueDate ^short = "Jour de la première installation"
