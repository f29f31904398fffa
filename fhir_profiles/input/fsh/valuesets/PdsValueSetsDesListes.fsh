// Une liste de valeurs par liste de codes : tous ses codes.

ValueSet: PdsValueSetPosition
Id: pds-vs-position
Title: "Position dans le parcours de soins coordonnés"
Description: "Tous les codes de pds-cs-position."
* insert Publication
* include codes from system $pds-cs-position

ValueSet: PdsValueSetSituation
Id: pds-vs-situation
Title: "Situation à choisir dans l'écran de facturation"
Description: "Tous les codes de pds-cs-situation."
* insert Publication
* include codes from system $pds-cs-situation

ValueSet: PdsValueSetIps
Id: pds-vs-ips
Title: "Indicateur de parcours de soins transmis"
Description: "Tous les codes de pds-cs-ips."
* insert Publication
* include codes from system $pds-cs-ips

ValueSet: PdsValueSetQtp
Id: pds-vs-qtp
Title: "Parcours de soins transmis (SNDS, PRS_PDS_QTP)"
Description: "Tous les codes de pds-cs-qtp."
* insert Publication
* include codes from system $pds-cs-qtp

ValueSet: PdsValueSetQcp
Id: pds-vs-qcp
Title: "Parcours de soins calculé (SNDS, PRS_PDS_QCP)"
Description: "Tous les codes de pds-cs-qcp."
* insert Publication
* include codes from system $pds-cs-qcp

ValueSet: PdsValueSetEcran
Id: pds-vs-ecran
Title: "Numéros de situation des écrans de facturation"
Description: "Tous les codes de pds-cs-ecran."
* insert Publication
* include codes from system $pds-cs-ecran

ValueSet: PdsValueSetRegle
Id: pds-vs-regle
Title: "Règles du parcours de soins coordonnés"
Description: "Tous les codes de pds-cs-regle."
* insert Publication
* include codes from system $pds-cs-regle

ValueSet: PdsValueSetEffet
Id: pds-vs-effet
Title: "Effets juridiques de la position"
Description: "Tous les codes de pds-cs-effet."
* insert Publication
* include codes from system $pds-cs-effet

ValueSet: PdsValueSetReponse
Id: pds-vs-reponse
Title: "Réponse à une question de droit"
Description: "Tous les codes de pds-cs-reponse."
* insert Publication
* include codes from system $pds-cs-reponse

ValueSet: PdsValueSetFait
Id: pds-vs-fait
Title: "Faits sur lesquels la décision repose"
Description: "Tous les codes de pds-cs-fait."
* insert Publication
* include codes from system $pds-cs-fait

ValueSet: PdsValueSetAvertissement
Id: pds-vs-avertissement
Title: "Avertissements"
Description: "Tous les codes de pds-cs-avertissement."
* insert Publication
* include codes from system $pds-cs-avertissement

ValueSet: PdsValueSetPolitique
Id: pds-vs-politique
Title: "Lectures retenues"
Description: "Tous les codes de pds-cs-politique."
* insert Publication
* include codes from system $pds-cs-politique

ValueSet: PdsValueSetCirconstance
Id: pds-vs-circonstance
Title: "Circonstances attestées"
Description: "Tous les codes de pds-cs-circonstance."
* insert Publication
* include codes from system $pds-cs-circonstance

ValueSet: PdsValueSetCouverture
Id: pds-vs-couverture
Title: "Situations de couverture"
Description: "Tous les codes de pds-cs-couverture."
* insert Publication
* include codes from system $pds-cs-couverture

ValueSet: PdsValueSetClasseCouverture
Id: pds-vs-classe-couverture
Title: "Classes d'une couverture française"
Description: "Tous les codes de pds-cs-classe-couverture."
* insert Publication
* include codes from system $pds-cs-classe-couverture

ValueSet: PdsValueSetActeAccesDirect
Id: pds-vs-acte-acces-direct
Title: "Groupes d'actes de l'accès direct spécifique"
Description: "Tous les codes de pds-cs-acte-acces-direct."
* insert Publication
* include codes from system $pds-cs-acte-acces-direct

ValueSet: PdsValueSetAdressage
Id: pds-vs-adressage
Title: "Demandes d'un professionnel à un médecin"
Description: "Tous les codes de pds-cs-adressage."
* insert Publication
* include codes from system $pds-cs-adressage

ValueSet: PdsValueSetPlan
Id: pds-vs-plan
Title: "Soins convenus avec le médecin traitant"
Description: "Tous les codes de pds-cs-plan."
* insert Publication
* include codes from system $pds-cs-plan

ValueSet: PdsValueSetNgap
Id: pds-vs-ngap
Title: "Lettres clés de la NGAP"
Description: "Tous les codes de pds-cs-ngap."
* insert Publication
* include codes from system $pds-cs-ngap

ValueSet: PdsValueSetStatutMt
Id: pds-vs-statut-mt
Title: "Statut d'une déclaration de médecin traitant"
Description: "Tous les codes de pds-cs-statut-mt."
* insert Publication
* include codes from system $pds-cs-statut-mt

ValueSet: PdsValueSetMotifFin
Id: pds-vs-motif-fin
Title: "Fin d'une déclaration de médecin traitant"
Description: "Tous les codes de pds-cs-motif-fin."
* insert Publication
* include codes from system $pds-cs-motif-fin

ValueSet: PdsValueSetSourceMt
Id: pds-vs-source-mt
Title: "Source de la déclaration de médecin traitant"
Description: "Tous les codes de pds-cs-source-mt."
* insert Publication
* include codes from system $pds-cs-source-mt

ValueSet: PdsValueSetEtatDeclaration
Id: pds-vs-etat-declaration
Title: "État d'une déclaration préparée"
Description: "Tous les codes de pds-cs-etat-declaration."
* insert Publication
* include codes from system $pds-cs-etat-declaration

ValueSet: PdsValueSetRepresentant
Id: pds-vs-representant
Title: "Lien du représentant avec le bénéficiaire"
Description: "Tous les codes de pds-cs-representant."
* insert Publication
* include codes from system $pds-cs-representant

ValueSet: PdsValueSetFormulaire
Id: pds-vs-formulaire
Title: "Formulaires"
Description: "Tous les codes de pds-cs-formulaire."
* insert Publication
* include codes from system $pds-cs-formulaire

ValueSet: PdsValueSetMotifRefus
Id: pds-vs-motif-refus
Title: "Motif pour lequel une carte est écartée"
Description: "Tous les codes de pds-cs-motif-refus."
* insert Publication
* include codes from system $pds-cs-motif-refus
