ValueSet: PdsValueSetAdjudication
Id: pds-vs-adjudication
Title: "Catégories de montants d'une réponse"
Description: "Les quatre catégories de FHIR que le service emploie, et celles qui sont propres au remboursement français."
* insert Publication
* $adjudication#submitted
* $adjudication#eligible
* $adjudication#eligpercent
* $adjudication#benefit
* include codes from system $pds-cs-adjudication
