Extension: PdsExtensionParticipations
Id: pds-ext-participations
Title: "Participations forfaitaires déjà retenues"
Description: "Ce qui a déjà été retenu au patient : le plafond est annuel, et quotidien pour un même médecin. Absent, rien n'est supposé retenu."
Context: Coverage
* insert Publication
* . ^short = "Participations forfaitaires déjà retenues"
* extension contains
    annee 0..1 and
    jour 0..1
* extension[annee] ^short = "Somme retenue depuis le 1er janvier, en euros"
* extension[annee].value[x] 1..1
* extension[annee].value[x] only Money
* extension[annee].valueMoney.value 1..1
* extension[annee].valueMoney.currency 1..1
* extension[annee].valueMoney.currency = #EUR
* extension[jour] ^short = "Nombre retenu ce jour pour ce médecin"
* extension[jour].value[x] 1..1
* extension[jour].value[x] only integer
* extension[jour].valueInteger ^minValueInteger = 0
