// Parts des listes de FHIR qu'un profil accepte.

ValueSet: PdsValueSetTypeDemande
Id: pds-vs-type-demande
Title: "Types de Bundle lus"
Description: "Formes de Bundle que le service lit comme une demande."
* insert Publication
* http://hl7.org/fhir/bundle-type#collection
* http://hl7.org/fhir/bundle-type#searchset
* http://hl7.org/fhir/bundle-type#message
* http://hl7.org/fhir/bundle-type#transaction
* http://hl7.org/fhir/bundle-type#batch

ValueSet: PdsValueSetStatutAdressage
Id: pds-vs-statut-adressage
Title: "Statuts d'un adressage qui compte"
Description: "Statuts de ServiceRequest avec lesquels un adressage est retenu."
* insert Publication
* http://hl7.org/fhir/request-status#active
* http://hl7.org/fhir/request-status#completed
* http://hl7.org/fhir/request-status#on-hold

ValueSet: PdsValueSetResultat
Id: pds-vs-resultat
Title: "Issue d'une réponse"
Description: "`complete` : la position est connue ; `partial` : indéterminée ; `error` : échec technique."
* insert Publication
* http://hl7.org/fhir/remittance-outcome#complete
* http://hl7.org/fhir/remittance-outcome#partial
* http://hl7.org/fhir/remittance-outcome#error

ValueSet: PdsValueSetStatutTask
Id: pds-vs-statut-task
Title: "Statuts d'une tâche de déclaration"
Description: "Statuts de Task que prend une déclaration préparée."
* insert Publication
* http://hl7.org/fhir/task-status#ready
* http://hl7.org/fhir/task-status#in-progress
* http://hl7.org/fhir/task-status#completed
* http://hl7.org/fhir/task-status#rejected
* http://hl7.org/fhir/task-status#cancelled
