Profile: PdsQuestionnaireResponse
Parent: QuestionnaireResponse
Id: pds-questionnaire-response
Title: "PDS Déclaration de médecin traitant"
Description: "Déclaration de choix du médecin traitant (S3704), préremplie. Le service ne coche ni le choix du patient ni l'accord du médecin, et ne signe jamais."
* insert Publication
* obeys pds-qr-1
* questionnaire 1..1 MS
* questionnaire ^short = "Questionnaire pds-declaration-medecin-traitant, avec ou sans version"
* status MS
* status ^short = "in-progress : ce que les personnes cochent et signent n'y entre pas ; stopped une fois annulée"
* subject 1..1 MS
* subject only Reference(Patient)
* subject ^short = "Le bénéficiaire des soins"
* encounter MS
* authored MS
* author MS
* item 1..* MS
