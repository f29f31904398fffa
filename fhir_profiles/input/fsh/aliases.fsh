// Nomenclature des Objets de Santé
Alias: $G15-ProfessionSante = https://mos.esante.gouv.fr/NOS/TRE_G15-ProfessionSante/FHIR/TRE-G15-ProfessionSante
Alias: $R22-GenreActivite = https://mos.esante.gouv.fr/NOS/TRE_R22-GenreActivite/FHIR/TRE-R22-GenreActivite
Alias: $R38-SpecialiteOrdinale = https://mos.esante.gouv.fr/NOS/TRE_R38-SpecialiteOrdinale/FHIR/TRE-R38-SpecialiteOrdinale

// HL7
Alias: $v3-ActCode = http://terminology.hl7.org/CodeSystem/v3-ActCode
Alias: $v3-ParticipationType = http://terminology.hl7.org/CodeSystem/v3-ParticipationType
Alias: $claim-type = http://terminology.hl7.org/CodeSystem/claim-type
Alias: $processpriority = http://terminology.hl7.org/CodeSystem/processpriority
Alias: $adjudication = http://terminology.hl7.org/CodeSystem/adjudication
Alias: $subscriber-relationship = http://terminology.hl7.org/CodeSystem/subscriber-relationship
Alias: $sdc-temp = http://hl7.org/fhir/uv/sdc/CodeSystem/temp
Alias: $launchContext = http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-launchContext
Alias: $launchContextCode = http://hl7.org/fhir/uv/sdc/CodeSystem/launchContext
Alias: $initialExpression = http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-initialExpression
Alias: $itemControl = http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl
Alias: $questionnaire-item-control = http://hl7.org/fhir/questionnaire-item-control
Alias: $regex = http://hl7.org/fhir/StructureDefinition/regex
Alias: $rpps = https://rpps.esante.gouv.fr

// Les listes de codes de ce guide, tirées du programme
Alias: $pds-cs-acte-acces-direct = https://parcours-soins.example/fhir/CodeSystem/pds-cs-acte-acces-direct
Alias: $pds-cs-adjudication = https://parcours-soins.example/fhir/CodeSystem/pds-cs-adjudication
Alias: $pds-cs-adressage = https://parcours-soins.example/fhir/CodeSystem/pds-cs-adressage
Alias: $pds-cs-avertissement = https://parcours-soins.example/fhir/CodeSystem/pds-cs-avertissement
Alias: $pds-cs-circonstance = https://parcours-soins.example/fhir/CodeSystem/pds-cs-circonstance
Alias: $pds-cs-classe-couverture = https://parcours-soins.example/fhir/CodeSystem/pds-cs-classe-couverture
Alias: $pds-cs-couverture = https://parcours-soins.example/fhir/CodeSystem/pds-cs-couverture
Alias: $pds-cs-ecran = https://parcours-soins.example/fhir/CodeSystem/pds-cs-ecran
Alias: $pds-cs-effet = https://parcours-soins.example/fhir/CodeSystem/pds-cs-effet
Alias: $pds-cs-etat-declaration = https://parcours-soins.example/fhir/CodeSystem/pds-cs-etat-declaration
Alias: $pds-cs-fait = https://parcours-soins.example/fhir/CodeSystem/pds-cs-fait
Alias: $pds-cs-formulaire = https://parcours-soins.example/fhir/CodeSystem/pds-cs-formulaire
Alias: $pds-cs-motif-refus = https://parcours-soins.example/fhir/CodeSystem/pds-cs-motif-refus
Alias: $pds-cs-ips = https://parcours-soins.example/fhir/CodeSystem/pds-cs-ips
Alias: $pds-cs-motif-fin = https://parcours-soins.example/fhir/CodeSystem/pds-cs-motif-fin
Alias: $pds-cs-ngap = https://parcours-soins.example/fhir/CodeSystem/pds-cs-ngap
Alias: $pds-cs-plan = https://parcours-soins.example/fhir/CodeSystem/pds-cs-plan
Alias: $pds-cs-politique = https://parcours-soins.example/fhir/CodeSystem/pds-cs-politique
Alias: $pds-cs-position = https://parcours-soins.example/fhir/CodeSystem/pds-cs-position
Alias: $pds-cs-qcp = https://parcours-soins.example/fhir/CodeSystem/pds-cs-qcp
Alias: $pds-cs-qtp = https://parcours-soins.example/fhir/CodeSystem/pds-cs-qtp
Alias: $pds-cs-regle = https://parcours-soins.example/fhir/CodeSystem/pds-cs-regle
Alias: $pds-cs-reponse = https://parcours-soins.example/fhir/CodeSystem/pds-cs-reponse
Alias: $pds-cs-representant = https://parcours-soins.example/fhir/CodeSystem/pds-cs-representant
Alias: $pds-cs-situation = https://parcours-soins.example/fhir/CodeSystem/pds-cs-situation
Alias: $pds-cs-source-mt = https://parcours-soins.example/fhir/CodeSystem/pds-cs-source-mt
Alias: $pds-cs-statut-mt = https://parcours-soins.example/fhir/CodeSystem/pds-cs-statut-mt
