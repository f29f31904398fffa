Profile: PdsTask
Parent: Task
Id: pds-task
Title: "PDS Tâche de déclaration"
Description: "Ce qu'il reste à faire d'une déclaration préparée : la compléter, la signer, la transmettre. Suit le profil SDC Task : une tâche « complete-questionnaire » n'a pas de `focus`."
* insert Publication
* obeys pds-task-1
* identifier MS
* identifier ^short = "Le numéro de la déclaration (urn:uuid:), et celui de l'accusé de réception"
* status from PdsValueSetStatutTask (required)
* status ^short = "Suit l'état de la déclaration"
* statusReason MS
* statusReason ^short = "Pourquoi elle en est là : refus, annulation"
* businessStatus 1..1 MS
* businessStatus from PdsValueSetEtatDeclaration (required)
* businessStatus ^short = "État de la déclaration : préparée, signée, transmise, enregistrée, refusée, annulée"
* intent = #order
* code 1..1 MS
* code = $sdc-temp#complete-questionnaire
* focus 0..0
* for 1..1 MS
* for only Reference(Patient)
* for ^short = "Le patient"
* encounter MS
* authoredOn 1..1 MS
* authoredOn ^short = "Quand elle a été préparée"
* lastModified MS
* owner MS
* owner ^short = "Le médecin déclaré ; dans une mise à jour, qui a agi"
* note MS
* note ^short = "Ce qui est à vérifier, puis chaque étape : qui, quand"
* input 1..* MS
* input ^slicing.discriminator.type = #pattern
* input ^slicing.discriminator.path = "type"
* input ^slicing.rules = #open
* input contains questionnaire 1..1 MS
* input[questionnaire] ^short = "Le questionnaire à compléter"
* input[questionnaire].type = $sdc-temp#questionnaire
* input[questionnaire].value[x] only canonical
* output MS
* output ^short = "La déclaration, et le numéro de l'accusé de réception"
* output ^slicing.discriminator.type = #pattern
* output ^slicing.discriminator.path = "type"
* output ^slicing.rules = #open
* output contains reponse 0..1 MS
* output[reponse] ^short = "La déclaration préremplie"
* output[reponse].type = $sdc-temp#questionnaire-response
* output[reponse].value[x] only Reference(QuestionnaireResponse)
