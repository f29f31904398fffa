Invariant: pds-mt-1
Description: "« Aucun médecin traitant » ne nomme personne."
* severity = #error
* expression = "extension.where(url = 'statut').value = 'aucun' implies extension.where(url = 'medecin').empty()"

Invariant: pds-mt-2
Description: "Une déclaration ne finit pas avant d'avoir commencé."
* severity = #error
* expression = "(extension.where(url = 'debut').exists() and extension.where(url = 'fin').exists()) implies extension.where(url = 'debut').value <= extension.where(url = 'fin').value"

Invariant: pds-mt-3
Description: "Un motif de fin accompagne un dernier jour."
* severity = #error
* expression = "extension.where(url = 'motifFin').exists() implies extension.where(url = 'fin').exists()"

Invariant: pds-dec-1
Description: "Une position connue a un fondement ; une position indéterminée n'est jamais donnée sans dire ce qui manque ou ce qui se contredit."
* severity = #error
* expression = "iif(extension.where(url = 'position').value = 'indetermine', extension.where(url = 'manquant').exists() or extension.where(url = 'avertissement').exists(), extension.where(url = 'motif').exists())"

Invariant: pds-dec-2
Description: "Chacun des quatre effets reçoit une réponse et une seule."
* severity = #error
* expression = "extension.where(url = 'effet').extension.where(url = 'code').value.distinct().count() = 4"

Invariant: pds-dem-1
Description: "Une demande porte une visite : un Encounter, ou à défaut un Appointment."
* severity = #error
* expression = "entry.resource.ofType(Encounter).exists() or entry.resource.ofType(Appointment).exists()"

Invariant: pds-enc-1
Description: "Le jour des soins est entier : année, mois et jour."
* severity = #error
* expression = "period.start.toString().length() >= 10"

Invariant: pds-cov-1
Description: "Un régime s'écrit avec deux chiffres."
* severity = #error
* expression = "value.matches('^[0-9]{2}$')"

Invariant: pds-cov-2
Description: "Une caisse s'écrit avec trois chiffres."
* severity = #error
* expression = "value.matches('^[0-9]{3}$')"

Invariant: pds-cr-1
Description: "Une réponse sans échec technique porte une décision."
* severity = #error
* expression = "outcome = 'error' or extension.where(url = 'https://parcours-soins.example/fhir/StructureDefinition/pds-ext-decision').exists()"

Invariant: pds-cr-2
Description: "Une position indéterminée donne une réponse partielle, une position connue une réponse complète."
* severity = #error
* expression = "outcome = 'error' or ((outcome = 'partial') = (extension.where(url = 'https://parcours-soins.example/fhir/StructureDefinition/pds-ext-decision').extension.where(url = 'position').value = 'indetermine'))"

Invariant: pds-qr-1
Description: "Les réponses sont celles au questionnaire de déclaration de médecin traitant."
* severity = #error
* expression = "questionnaire.startsWith('https://parcours-soins.example/fhir/Questionnaire/pds-declaration-medecin-traitant')"

Invariant: pds-task-1
Description: "Le statut de la tâche suit l'état de la déclaration."
* severity = #error
* expression = "(status & ':' & businessStatus.coding.where(system = 'https://parcours-soins.example/fhir/CodeSystem/pds-cs-etat-declaration').code) in ('ready:preparee' | 'in-progress:signee' | 'in-progress:transmise' | 'completed:enregistree' | 'rejected:refusee' | 'cancelled:annulee')"
