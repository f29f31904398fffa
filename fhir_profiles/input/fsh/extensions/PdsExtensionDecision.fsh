// Un enfant d'une extension : un type, et une liste de valeurs s'il en a une.
RuleSet: Valeur(chemin, type, court)
* {chemin} ^short = {court}
* {chemin}.value[x] 1..1
* {chemin}.value[x] only {type}

RuleSet: Code(chemin, liste, court)
* {chemin} ^short = {court}
* {chemin}.value[x] 1..1
* {chemin}.value[x] only code
* {chemin}.valueCode from {liste} (required)

RuleSet: Complexe(chemin, court)
* {chemin} ^short = {court}
* {chemin}.value[x] 0..0

Extension: PdsExtensionDecision
Id: pds-ext-decision
Title: "Décision"
Description: "La réponse entière, sous une forme que lit un programme : position, codes de facturation, fondements, effets, ce qui manque et ce qui changerait la réponse. Une partie qui n'a rien à dire est absente."
Context: ClaimResponse
* insert Publication
* . ^short = "Décision sur la visite"
* obeys pds-dec-1 and pds-dec-2
* extension contains
    position 1..1 and
    situation 0..1 and
    ips 0..1 and
    qtp 0..1 and
    qcpAttendu 0..* and
    dateDesSoins 1..1 and
    versionDroit 1..1 and
    versionLogiciel 1..1 and
    motif 0..* and
    effet 4..4 and
    manquant 0..* and
    alternative 0..* and
    politique 0..* and
    avertissement 0..* and
    facturation 0..1
* insert Code(extension[position], PdsValueSetPosition, "Position de la visite")
* insert Code(extension[situation], PdsValueSetSituation, [["Code à choisir dans l'écran de facturation ; absent s'il n'est pas connu ou pas publié"]])
* insert Code(extension[ips], PdsValueSetIps, "Lettre transmise ; absente si elle est inconnue ou laissée à blanc")
* insert Code(extension[qtp], PdsValueSetQtp, [["Valeur transmise, SNDS (PRS_PDS_QTP)"]])
* insert Code(extension[qcpAttendu], PdsValueSetQcp, [["Valeur que le payeur peut calculer, SNDS (PRS_PDS_QCP)"]])
* insert Valeur(extension[dateDesSoins], date, "Jour des soins au lieu des soins")
* insert Valeur(extension[versionDroit], string, "Version du droit encodé")
* insert Valeur(extension[versionLogiciel], string, "Version du logiciel")

* insert Complexe(extension[motif], "Fondement légal qui tient ; le premier est celui qui décide")
* extension[motif].extension contains regle 1..1 and citation 1..1
* insert Valeur(extension[motif].extension[regle], Coding, "La règle")
* extension[motif].extension[regle].valueCoding from PdsValueSetRegle (required)
* insert Valeur(extension[motif].extension[citation], RelatedArtifact, "Le texte dans la version du jour des soins")

* insert Complexe(extension[effet], "Effet juridique")
* extension[effet].extension contains code 1..1 and valeur 1..1
* insert Code(extension[effet].extension[code], PdsValueSetEffet, [["L'effet"]])
* insert Code(extension[effet].extension[valeur], PdsValueSetReponse, [["Oui, non ou inconnu"]])

* insert Complexe(extension[manquant], "Fait qui manque")
* extension[manquant].extension contains fait 1..1 and chemin 0..1 and effet 0..*
* insert Code(extension[manquant].extension[fait], PdsValueSetFait, "Le fait")
* insert Valeur(extension[manquant].extension[chemin], string, [["FHIRPath de l'élément qui le donnerait"]])
* insert Valeur(extension[manquant].extension[effet], string, "Ce que changerait chacune de ses valeurs")

* insert Complexe(extension[alternative], "Ce qui mettrait la visite dans le parcours")
* extension[alternative].extension contains si 1..1 and situation 0..1 and position 1..1
* insert Valeur(extension[alternative].extension[si], string, [["La condition, en français"]])
* insert Code(extension[alternative].extension[situation], PdsValueSetSituation, "La situation qui en résulterait")
* insert Code(extension[alternative].extension[position], PdsValueSetPosition, "La position qui en résulterait")

* insert Complexe(extension[politique], "Lecture retenue là où les textes et la pratique diffèrent")
* extension[politique].extension contains code 1..1 and valeur 1..1 and note 0..1
* insert Code(extension[politique].extension[code], PdsValueSetPolitique, "La lecture")
* extension[politique].extension[valeur] ^short = "Le choix fait : un code, ou un montant ou un taux"
* extension[politique].extension[valeur].value[x] 1..1
* extension[politique].extension[valeur].value[x] only code or string
* insert Valeur(extension[politique].extension[note], string, "Pourquoi")

* insert Complexe(extension[avertissement], "Avertissement")
* extension[avertissement].extension contains code 1..1 and texte 1..1
* insert Code(extension[avertissement].extension[code], PdsValueSetAvertissement, [["L'avertissement"]])
* insert Valeur(extension[avertissement].extension[texte], string, "La phrase à montrer")

* insert Complexe(extension[facturation], [["Ce que l'écran de facturation demandera avec ce code"]])
* extension[facturation].extension contains
    indicateur 0..1 and
    declaration_mt 0..1 and
    top_mt 0..1 and
    medecin 0..1 and
    date_installation 0..1 and
    date_installation_zone 0..1
* insert Code(extension[facturation].extension[indicateur], PdsValueSetSituation, [["Situation à choisir"]])
* insert Code(extension[facturation].extension[declaration_mt], PdsValueSetReponse, [["Un médecin traitant est-il déclaré ? Absent si l'écran ne le demande pas ou si on l'ignore"]])
* insert Valeur(extension[facturation].extension[top_mt], code, "Top médecin traitant : O ou N ; absent s'il est inconnu ou laissé à blanc")
* insert Complexe(extension[facturation].extension[medecin], [["Médecin à nommer : le médecin traitant, ou celui qui adresse"]])
* extension[facturation].extension[medecin].extension contains nom 0..1 and prenom 0..1 and identifiant 0..1
* insert Valeur(extension[facturation].extension[medecin].extension[nom], string, "Nom")
* insert Valeur(extension[facturation].extension[medecin].extension[prenom], string, "Prénom")
* insert Valeur(extension[facturation].extension[medecin].extension[identifiant], string, [["Numéro Assurance Maladie, à défaut RPPS"]])
* insert Valeur(extension[facturation].extension[date_installation], date, [["Date d'installation (situation J)"]])
* insert Valeur(extension[facturation].extension[date_installation_zone], date, [["Date d'installation en zone (situation B)"]])
