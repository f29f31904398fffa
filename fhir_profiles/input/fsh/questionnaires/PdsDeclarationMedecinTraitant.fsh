// S3704 (Cerfa 12485) : déclaration de choix du médecin traitant, bloc par bloc.

RuleSet: Groupe(rang, lien, texte)
* item[{rang}].linkId = "{lien}"
* item[{rang}].text = {texte}
* item[{rang}].type = #group

RuleSet: Champ(groupe, rang, lien, texte, type)
* item[{groupe}].item[{rang}].linkId = "{lien}"
* item[{groupe}].item[{rang}].text = {texte}
* item[{groupe}].item[{rang}].type = {type}

RuleSet: Prerempli(groupe, rang, expression)
* item[{groupe}].item[{rang}].extension[+].url = $initialExpression
* item[{groupe}].item[{rang}].extension[=].valueExpression.language = #text/fhirpath
* item[{groupe}].item[{rang}].extension[=].valueExpression.expression = {expression}

RuleSet: Contexte(nom, libelle, type, description)
* extension[+].url = $launchContext
* extension[=].extension[0].url = "name"
* extension[=].extension[0].valueCoding = $launchContextCode{nom} {libelle}
* extension[=].extension[1].url = "type"
* extension[=].extension[1].valueCode = {type}
* extension[=].extension[2].url = "description"
* extension[=].extension[2].valueString = {description}

Instance: pds-declaration-medecin-traitant
InstanceOf: Questionnaire
Title: "Déclaration de choix du médecin traitant"
Description: "Formulaire S3704, article L162-5-3 du code de la sécurité sociale."
Usage: #definition
* language = #fr-FR
* url = "https://parcours-soins.example/fhir/Questionnaire/pds-declaration-medecin-traitant"
* version = "0.1.0"
* name = "PdsDeclarationMedecinTraitant"
* title = "Déclaration de choix du médecin traitant"
* status = #active
* experimental = false
* subjectType = #Patient
* date = "2026-11-22"
* publisher = "parcours-soins"
* jurisdiction = urn:iso:std:iso:3166#FR "France"
* description = "Déclaration de choix du médecin traitant (S3704, article L162-5-3 du code de la sécurité sociale). Le patient et le médecin la complètent et la signent ensemble ; les deux cases de consentement ne sont jamais cochées d'avance."
* purpose = "Préparer la déclaration conjointe que le patient adresse à sa caisse, ou que le médecin transmet en ligne."
* insert Contexte(#patient, "Patient", #Patient, "Le bénéficiaire des soins")
* insert Contexte(#user, "User", #Practitioner, "Le médecin choisi")

* insert Groupe(0, assure, [["Assuré(e)"]])
* insert Champ(0, 0, assure.numero, "Numéro de sécurité sociale", #string)
* item[0].item[0].maxLength = 15
* insert Champ(0, 1, assure.nom-naissance, [["Nom de famille (de naissance)"]], #string)
* insert Champ(0, 2, assure.nom-usage, [["Nom d'usage, s'il y a lieu"]], #string)
* insert Champ(0, 3, assure.prenom, "Prénom", #string)
* insert Champ(0, 4, assure.adresse, "Adresse", #text)

* insert Groupe(1, beneficiaire, "Bénéficiaire des soins")
* insert Champ(1, 0, beneficiaire.nom, "Nom", #string)
* insert Prerempli(1, 0, [["%patient.name.where(use = 'official').family.first()"]])
* insert Champ(1, 1, beneficiaire.prenom, "Prénom", #string)
* insert Prerempli(1, 1, [["%patient.name.where(use = 'official').given.first()"]])
* insert Champ(1, 2, beneficiaire.date-naissance, "Date de naissance", #date)
* insert Prerempli(1, 2, "%patient.birthDate")
* insert Champ(1, 3, beneficiaire.organisme, [["Code de l'organisme de rattachement"]], #string)

* insert Groupe(2, medecin, "Médecin traitant choisi")
* insert Champ(2, 0, medecin.nom, "Nom", #string)
* insert Prerempli(2, 0, [["%user.name.family.first()"]])
* insert Champ(2, 1, medecin.prenom, "Prénom", #string)
* insert Prerempli(2, 1, [["%user.name.given.first()"]])
* insert Champ(2, 2, medecin.rpps, [["Identifiant (RPPS)"]], #string)
* item[2].item[2].maxLength = 11
* insert Prerempli(2, 2, [["%user.identifier.where(system = 'https://rpps.esante.gouv.fr').value.first()"]])
* insert Champ(2, 3, medecin.structure, [["N° de structure (AM, FINESS ou SIRET)"]], #string)
* item[2].item[3].maxLength = 14
* insert Champ(2, 4, medecin.raison-sociale, [["Raison sociale du cabinet, du centre de santé ou de l'établissement"]], #string)
* insert Champ(2, 5, medecin.adresse, [["Adresse du cabinet, du centre de santé ou de l'établissement"]], #text)

* insert Groupe(3, declaration, "Déclaration conjointe du bénéficiaire des soins et du médecin traitant")
* insert Champ(3, 0, declaration.representant, [["Parent, titulaire de l'autorité parentale ou représentant, s'il y a lieu"]], #string)
* insert Champ(3, 1, declaration.choix, "Le bénéficiaire des soins déclare choisir le médecin identifié ci-dessus comme médecin traitant", #boolean)
* insert Champ(3, 2, declaration.accord, [["Le médecin identifié ci-dessus déclare accepter d'être le médecin traitant"]], #boolean)
* insert Champ(3, 3, declaration.date, "Déclaration signée le", #date)
* insert Champ(3, 4, declaration.engagement, [["Le bénéficiaire des soins, ou son représentant, et le médecin traitant s'engagent conjointement à respecter les dispositions de l'article L162-5-3 du code de la sécurité sociale."]], #display)
