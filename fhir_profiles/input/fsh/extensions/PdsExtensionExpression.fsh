Extension: PdsExtensionExpression
Id: pds-ext-expression
Title: "Où porter le fait manquant"
Description: "FHIRPath de l'élément de la demande qui donnerait le fait manquant."
Context: ClaimResponse.error
* insert ExtensionSimple([["FHIRPath de l'élément manquant"]])
* value[x] only string
* valueString ^short = "FHIRPath, avec l'indice de l'entrée quand elle est là"
