Profile: PdsCoverage
Parent: Coverage
Id: pds-coverage
Title: "PDS Coverage"
Description: "Les droits du patient : régime, caisse, et ce qui change la position ou le remboursement (ALD, C2S, AME, maternité…). Aucun profil français de Coverage n'est publié."
* insert Publication
* extension contains
    PdsExtensionSituationCouverture named situationCouverture 0..* MS and
    PdsExtensionParticipations named participations 0..1 MS
* extension[situationCouverture] ^short = "Situations : ald, c2s, ame, maternite, at-mp, mayotte, camieg…"
* extension[participations] ^short = "Participations forfaitaires déjà retenues"
* type MS
* type ^short = "PUBLICPOL (v3-ActCode) : assurance maladie obligatoire"
* beneficiary MS
* beneficiary ^short = "Le patient"
* period MS
* period ^short = "Période des droits : seuls comptent ceux qui couvrent le jour des soins"
* payor MS
* payor ^short = "Qui paie ; son nom est repris dans la réponse"
* class MS
* class ^slicing.discriminator.type = #pattern
* class ^slicing.discriminator.path = "type"
* class ^slicing.rules = #open
* class contains regime 0..1 MS and caisse 0..1 MS
* class[regime] ^short = "Régime : 01 régime général, 02 MSA…"
* class[regime] obeys pds-cov-1
* class[regime].type = $pds-cs-classe-couverture#regime
* class[caisse] ^short = "Caisse gestionnaire : 928 Camieg, 976 Mayotte…"
* class[caisse] obeys pds-cov-2
* class[caisse].type = $pds-cs-classe-couverture#caisse
