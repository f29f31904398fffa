Profile: PdsServiceRequestAdressage
Parent: ServiceRequest
Id: pds-service-request-adressage
Title: "PDS Adressage"
Description: "Un professionnel adresse le patient à un médecin. La catégorie et le destinataire sont nécessaires, sauf quand Encounter.basedOn désigne la demande."
* insert Publication
* status from PdsValueSetStatutAdressage (required)
* status ^short = "active, completed ou on-hold ; un autre statut n'est pas retenu"
* category 1..* MS
* category.coding ^slicing.discriminator.type = #value
* category.coding ^slicing.discriminator.path = "system"
* category.coding ^slicing.rules = #open
* category.coding contains adressage 0..1 MS
* category.coding[adressage] ^short = "Adressage, avis ponctuel de consultant ou suivi conjoint"
* category.coding[adressage] from PdsValueSetAdressage (required)
* category.coding[adressage].system 1..1
* category.coding[adressage].system = $pds-cs-adressage (exactly)
* category.coding[adressage].code 1..1
* subject only Reference(Patient)
* subject ^short = "Le patient"
* authoredOn 1..1 MS
* authoredOn ^short = "Jour de l'adressage, pas après celui des soins ; absent, l'adressage est inconnu"
* requester 1..1 MS
* requester only Reference(Practitioner or PractitionerRole)
* requester ^short = "Qui adresse : le médecin traitant, un autre médecin, une sage-femme, une IPA"
* performerType MS
* performerType ^short = "La spécialité, quand le médecin n'est pas nommé"
* performer MS
* performer ^short = "Le médecin à qui le patient est adressé"
* basedOn MS
* basedOn ^short = "L'adressage d'origine : une chaîne qui remonte au médecin traitant est une séquence de soins"
