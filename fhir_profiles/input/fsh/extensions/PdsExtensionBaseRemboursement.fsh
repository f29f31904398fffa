Extension: PdsExtensionBaseRemboursement
Id: pds-ext-base-remboursement
Title: "Base de remboursement"
Description: "Base de remboursement de l'acte, quand l'appelant la connaît : elle l'emporte sur les tarifs du service."
Context: Claim.item, ChargeItem
* insert ExtensionSimple([["Base de remboursement de l'acte"]])
* value[x] only Money
* valueMoney.value 1..1
* valueMoney.currency 1..1
* valueMoney.currency = #EUR
* valueMoney ^short = "La base, en euros"
