// Exemples que les demandes d'examples/ ne montrent pas : la facture, la réponse avec ses montants, la déclaration.

Instance: pds-exemple-facture
InstanceOf: PdsClaim
Title: "Exemple de facture"
Description: "Une consultation de spécialiste, base de remboursement communiquée."
Usage: #example
* status = #active
* type = $claim-type#professional
* use = #predetermination
* identifier.system = "https://logiciel.example/factures"
* identifier.value = "F-2026-0001"
* patient.reference = "https://logiciel.example/fhir/Patient/patient"
* created = "2026-03-10"
* provider.reference = "https://logiciel.example/fhir/PractitionerRole/role-consulte"
* priority = $processpriority#normal
* insurance.sequence = 1
* insurance.focal = true
* insurance.coverage.reference = "https://logiciel.example/fhir/Coverage/droits"
* item.sequence = 1
* item.extension[baseRemboursement].valueMoney.value = 30.00
* item.extension[baseRemboursement].valueMoney.currency = #EUR
* item.productOrService.coding[ngap] = $pds-cs-ngap#CS
* item.quantity.value = 1
* item.unitPrice.value = 30.00
* item.unitPrice.currency = #EUR
* item.net.value = 30.00
* item.net.currency = #EUR

Instance: pds-exemple-droits
InstanceOf: PdsCoverage
Title: "Exemple de droits"
Description: "Régime général, caisse Camieg, affection de longue durée, participations déjà retenues."
Usage: #example
* status = #active
* type = $v3-ActCode#PUBLICPOL
* extension[situationCouverture][0].valueCodeableConcept = $pds-cs-couverture#camieg
* extension[situationCouverture][+].valueCodeableConcept = $pds-cs-couverture#ald
* extension[participations].extension[annee].valueMoney.value = 14.00
* extension[participations].extension[annee].valueMoney.currency = #EUR
* extension[participations].extension[jour].valueInteger = 0
* beneficiary.reference = "https://logiciel.example/fhir/Patient/patient"
* relationship = $subscriber-relationship#self
* period.start = "2024-01-01"
* payor.display = "Camieg"
* class[regime].value = "01"
* class[caisse].value = "928"

RuleSet: Effet(rang, code, valeur)
* extension[decision].extension[effet][{rang}].extension[code].valueCode = {code}
* extension[decision].extension[effet][{rang}].extension[valeur].valueCode = {valeur}

RuleSet: Montant(chemin, systeme, code, valeur)
* {chemin}.category = {systeme}{code}
* {chemin}.amount.value = {valeur}
* {chemin}.amount.currency = #EUR

Instance: pds-exemple-reponse
InstanceOf: PdsClaimResponse
Title: "Exemple de réponse, avec ses montants"
Description: "Consultation d'un spécialiste hors parcours : trente euros, remboursés à 30 %."
Usage: #example
* language = #fr-FR
* text.status = #generated
* text.div = "<div xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"fr-FR\" lang=\"fr-FR\"><p>Hors du parcours de soins coordonnés.</p></div>"
* extension[decision].extension[position].valueCode = #hors-parcours
* extension[decision].extension[situation].valueCode = #S2
* extension[decision].extension[ips].valueCode = #S
* extension[decision].extension[qtp].valueCode = #24
* extension[decision].extension[qcpAttendu][0].valueCode = #23
* extension[decision].extension[dateDesSoins].valueDate = "2026-03-10"
* extension[decision].extension[versionDroit].valueString = "2026.11"
* extension[decision].extension[versionLogiciel].valueString = "0.1.0"
* extension[decision].extension[motif][0].extension[regle].valueCoding = $pds-cs-regle#sans-adressage
* extension[decision].extension[motif][0].extension[citation].valueRelatedArtifact.type = #citation
* extension[decision].extension[motif][0].extension[citation].valueRelatedArtifact.label = "CSS L162-5-3"
* insert Effet(0, #majoration, #oui)
* insert Effet(1, #depassement-autorise, #non)
* insert Effet(2, #majoration-hospitaliere, #non)
* insert Effet(3, #prise-en-charge, #oui)
* extension[decision].extension[alternative][0].extension[si].valueString = "adressage par le médecin traitant"
* extension[decision].extension[alternative][0].extension[situation].valueCode = #O
* extension[decision].extension[alternative][0].extension[position].valueCode = #dans-parcours
* extension[decision].extension[facturation].extension[indicateur].valueCode = #S2
* extension[decision].extension[facturation].extension[declaration_mt].valueCode = #oui
* extension[decision].extension[facturation].extension[top_mt].valueCode = #O
* identifier.system = "urn:ietf:rfc:3986"
* identifier.value = "urn:uuid:5b0a4d0e-7c1f-5c0e-9a43-0d6e2f1c9b77"
* status = #active
* type = $claim-type#professional
* use = #predetermination
* patient.reference = "https://logiciel.example/fhir/Patient/patient"
* created = "2026-03-10T10:20:00+01:00"
* insurer.display = "Assurance maladie obligatoire"
* requestor.reference = "https://logiciel.example/fhir/PractitionerRole/role-consulte"
* request.reference = "https://logiciel.example/fhir/Claim/pds-exemple-facture"
* outcome = #complete
* disposition = "Hors du parcours de soins coordonnés, indicateur de parcours S2."
* item.itemSequence = 1
* insert Montant(item.adjudication[0], $adjudication, #submitted, 30.00)
* insert Montant(item.adjudication[1], $adjudication, #eligible, 30.00)
* item.adjudication[2].category = $adjudication#eligpercent
* item.adjudication[2].value = 30
* insert Montant(item.adjudication[3], $pds-cs-adjudication, #majoration, 10.60)
* insert Montant(item.adjudication[4], $pds-cs-adjudication, #participation-forfaitaire, 2.00)
* insert Montant(item.adjudication[5], $adjudication, #benefit, 8.40)
* insert Montant(total[0], $adjudication, #benefit, 8.40)
* insert Montant(total[1], $pds-cs-adjudication, #reste-a-charge, 21.60)
* processNote.number = 1
* processNote.type = #display
* processNote.text = "Médecin autre que le médecin traitant, consulté sans adressage ni situation qui en dispense"

Instance: pds-exemple-declaration
InstanceOf: PdsQuestionnaireResponse
Title: "Exemple de déclaration préremplie"
Description: "Déclaration préparée, que personne n'a encore signée."
Usage: #example
* questionnaire = "https://parcours-soins.example/fhir/Questionnaire/pds-declaration-medecin-traitant|0.1.0"
* status = #in-progress
* subject.reference = "https://logiciel.example/fhir/Patient/patient"
* authored = "2026-03-10T10:20:00+01:00"
* item[0].linkId = "beneficiaire"
* item[0].item[0].linkId = "beneficiaire.nom"
* item[0].item[0].answer.valueString = "EXEMPLE"
* item[0].item[1].linkId = "beneficiaire.prenom"
* item[0].item[1].answer.valueString = "Dominique"
* item[0].item[2].linkId = "beneficiaire.date-naissance"
* item[0].item[2].answer.valueDate = "1980-06-15"
* item[1].linkId = "medecin"
* item[1].item[0].linkId = "medecin.nom"
* item[1].item[0].answer.valueString = "CONSULTE-FICTIF"
* item[1].item[1].linkId = "medecin.rpps"
* item[1].item[1].answer.valueString = "10100000002"

Instance: pds-exemple-tache
InstanceOf: PdsTask
Title: "Exemple de tâche"
Description: "Une déclaration préparée attend d'être signée."
Usage: #example
* status = #ready
* businessStatus = $pds-cs-etat-declaration#preparee
* intent = #order
* code = $sdc-temp#complete-questionnaire
* for.reference = "https://logiciel.example/fhir/Patient/patient"
* authoredOn = "2026-03-10T10:20:00+01:00"
* input[questionnaire].type = $sdc-temp#questionnaire
* input[questionnaire].valueCanonical = "https://parcours-soins.example/fhir/Questionnaire/pds-declaration-medecin-traitant|0.1.0"
* output[reponse].type = $sdc-temp#questionnaire-response
* output[reponse].valueReference.reference = "https://logiciel.example/fhir/QuestionnaireResponse/pds-exemple-declaration"
