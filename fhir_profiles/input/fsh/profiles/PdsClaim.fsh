Profile: PdsClaim
Parent: Claim
Id: pds-claim
Title: "PDS Facture"
Description: "Les actes de la visite, pour obtenir des montants. Le service n'est pas le payeur : il ne fait que prévoir (`predetermination`)."
* insert Publication
* type = $claim-type#professional
* patient only Reference(Patient)
* provider only Reference(Practitioner or PractitionerRole or Organization)
* identifier MS
* identifier ^short = "Numéro de la facture, repris dans la réponse"
* item 1..* MS
* item.extension contains PdsExtensionBaseRemboursement named baseRemboursement 0..1 MS
* item.extension[baseRemboursement] ^short = "Base de remboursement, si l'appelant la connaît"
* item.productOrService MS
* item.productOrService ^short = "L'acte : lettre clé de la NGAP (pds-cs-ngap), ou code CCAM"
* item.productOrService.coding ^slicing.discriminator.type = #value
* item.productOrService.coding ^slicing.discriminator.path = "system"
* item.productOrService.coding ^slicing.rules = #open
* item.productOrService.coding contains ngap 0..1 MS
* item.productOrService.coding[ngap] ^short = "Lettre clé de la NGAP"
* item.productOrService.coding[ngap].system 1..1
* item.productOrService.coding[ngap].system = $pds-cs-ngap (exactly)
* item.productOrService.coding[ngap].code 1..1
* item.quantity MS
* item.unitPrice MS
* item.unitPrice.currency = #EUR
* item.unitPrice ^short = "Prix d'une unité, à défaut de `net`"
* item.net MS
* item.net.currency = #EUR
* item.net ^short = "Somme facturée pour l'acte"
