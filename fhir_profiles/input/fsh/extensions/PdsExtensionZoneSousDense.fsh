Extension: PdsExtensionZoneSousDense
Id: pds-ext-zone-sous-dense
Title: "Zone sous-dense"
Description: "Sur PractitionerRole : jour où le médecin s'est installé dans une zone sous-dense. Sur Organization ou Location : jour depuis lequel le lieu est classé."
Context: PractitionerRole, Organization, Location
* insert ExtensionSimple([["Zone caractérisée par une offre de soins insuffisante"]])
* value[x] only date
* valueDate ^short = "Jour de l'installation, ou du classement"
