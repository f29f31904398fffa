Profile: PdsClaimResponse
Parent: ClaimResponse
Id: pds-claim-response
Title: "PDS Réponse"
Description: "La réponse sur une visite : position, codes de facturation, fondements, effets, montants et ce qui manque. Ce n'est jamais la réponse du payeur : `use` reste `predetermination`."
* insert Publication
* obeys pds-cr-1 and pds-cr-2
* extension contains PdsExtensionDecision named decision 0..1 MS
* extension[decision] ^short = "La décision entière, sous une forme que lit un programme"
* status = #active
* type = $claim-type#professional
* use = #predetermination
* patient ^short = "Le patient de la demande ; jamais son identité nationale"
* created ^short = "Quand la réponse a été écrite : la seule valeur d'horloge de la réponse"
* insurer ^short = "La caisse si elle est connue, sinon l'assurance maladie obligatoire"
* requestor MS
* requestor ^short = "Le professionnel consulté"
* request MS
* request ^short = "La facture de la demande, s'il y en avait une"
* outcome from PdsValueSetResultat (required)
* outcome ^short = "complete : position connue ; partial : indéterminée ; error : échec technique"
* disposition MS
* disposition ^short = "La réponse en une phrase"
* item MS
* item ^short = "Montants par acte de la facture"
* item.adjudication.category from PdsValueSetAdjudication (required)
* item.adjudication.amount.currency = #EUR
* item.detail 0..0
* adjudication MS
* adjudication ^short = "Montants de la visite, quand aucune facture n'était jointe"
* adjudication.category from PdsValueSetAdjudication (required)
* adjudication.amount.currency = #EUR
* total MS
* total ^short = "Totaux de la visite"
* total.category from PdsValueSetAdjudication (required)
* total.amount.currency = #EUR
* formCode MS
* formCode from PdsValueSetFormulaire (required)
* formCode ^short = "S3704, quand une déclaration de médecin traitant est proposée"
* form MS
* form ^short = "La déclaration préparée"
* processNote MS
* processNote.type 1..1
* processNote ^short = "En français : motifs et avertissements à afficher, textes à imprimer"
* insurance MS
* insurance ^short = "Les droits de la demande"
* error MS
* error ^short = "Un fait qui manque pour conclure"
* error.extension contains PdsExtensionExpression named expression 0..1 MS
* error.extension[expression] ^short = "Où le porter dans la demande"
* error.code from PdsValueSetFait (required)
