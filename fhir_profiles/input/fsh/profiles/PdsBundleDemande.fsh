Profile: PdsBundleDemande
Parent: Bundle
Id: pds-bundle-demande
Title: "PDS Demande"
Description: "Ce qu'il faut envoyer pour situer une visite dans le parcours de soins coordonnés : la visite, et ce qui l'entoure. Seule la visite est exigée ; la réponse nomme ce qui manque pour conclure."
* insert Publication
* obeys pds-dem-1
* type from PdsValueSetTypeDemande (required)
* type ^short = "Forme de l'envoi ; `collection` est la plus simple"
* entry 1..* MS
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry ^slicing.description = "Par type de ressource ; d'autres types peuvent être là, ils ne sont pas lus."
* entry.fullUrl MS
* entry.fullUrl ^short = "Adresse de la ressource : les références relatives se résolvent contre elle"
* entry contains
    visite 0..1 MS and
    rendezVous 0..* MS and
    patient 0..* MS and
    professionnel 0..* MS and
    situationExercice 0..* MS and
    structure 0..* MS and
    lieu 0..* MS and
    demande 0..* MS and
    plan 0..* MS and
    equipe 0..* MS and
    couverture 0..* MS and
    affection 0..* MS and
    facture 0..1 MS
* entry[visite] ^short = "La visite"
* entry[visite].resource 1..1
* entry[visite].resource only PdsEncounter
* entry[rendezVous] ^short = "Le rendez-vous, quand il n'y a pas encore de visite"
* entry[rendezVous].resource 1..1
* entry[rendezVous].resource only Appointment
* entry[patient] ^short = "Le patient"
* entry[patient].resource 1..1
* entry[patient].resource only PdsPatient
* entry[professionnel] ^short = "Les professionnels : celui qui est consulté, le médecin traitant, celui qui adresse"
* entry[professionnel].resource 1..1
* entry[professionnel].resource only Practitioner
* entry[situationExercice] ^short = "Leurs situations d'exercice"
* entry[situationExercice].resource 1..1
* entry[situationExercice].resource only PdsPractitionerRole
* entry[structure] ^short = "La structure où les soins ont lieu"
* entry[structure].resource 1..1
* entry[structure].resource only Organization
* entry[lieu] ^short = "Le lieu des soins"
* entry[lieu].resource 1..1
* entry[lieu].resource only Location
* entry[demande] ^short = "L'adressage (profil pds-service-request-adressage)"
* entry[demande].resource 1..1
* entry[demande].resource only ServiceRequest
* entry[plan] ^short = "Plan de soins, séquence, protocole de soins d'une ALD (catégorie dans pds-cs-plan)"
* entry[plan].resource 1..1
* entry[plan].resource only CarePlan
* entry[equipe] ^short = "Cercle de soins, dont le médecin traitant (rôle PCP)"
* entry[equipe].resource 1..1
* entry[equipe].resource only CareTeam
* entry[couverture] ^short = "Les droits du patient"
* entry[couverture].resource 1..1
* entry[couverture].resource only PdsCoverage
* entry[affection] ^short = "Affection de longue durée (catégorie pds-cs-couverture#ald)"
* entry[affection].resource 1..1
* entry[affection].resource only Condition
* entry[facture] ^short = "La facture, pour obtenir des montants"
* entry[facture].resource 1..1
* entry[facture].resource only PdsClaim
