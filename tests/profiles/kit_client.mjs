// Calls the service the way an editor's JavaScript would; prints what it got as one line of JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [baseUrl, modules, example] = process.argv.slice(2);
const { Client } = await import(pathToFileURL(`${modules}/fhir-kit-client/dist/index.js`).href);

const client = new Client({ baseUrl });
const bundle = JSON.parse(readFileSync(example, "utf8"));

const statement = await client.capabilityStatement();
const answer = await client.operation({
  name: "$evaluate-parcours",
  resourceType: "Encounter",
  method: "POST",
  input: bundle,
});
const search = await client.resourceSearch({
  resourceType: "StructureDefinition",
  searchParams: { name: "PdsClaimResponse" },
});
const form = await client.resourceSearch({
  resourceType: "CodeSystem",
  searchParams: { _id: "pds-cs-plan" },
  options: { postSearch: true },
});
const page = await client.resourceSearch({ resourceType: "ValueSet", searchParams: { _count: 5 } });
const next = await client.nextPage({ bundle: page });
const read = await client.read({ resourceType: "Questionnaire", id: "pds-declaration-medecin-traitant" });
const batch = await client.batch({
  body: {
    resourceType: "Bundle",
    type: "batch",
    entry: [{ request: { method: "GET", url: "CodeSystem/pds-cs-plan" } }],
  },
});
let refused = 0;
try {
  await client.read({ resourceType: "CodeSystem", id: "nothing" });
} catch (error) {
  refused = error.response.status;
}

console.log(
  JSON.stringify({
    statement: statement.kind,
    answer: answer.entry[0].resource.resourceType,
    search: search.entry.map((entry) => entry.resource.id),
    form: form.total,
    pages: [page.entry.length, next.entry.length],
    read: read.id,
    batch: batch.entry[0].resource.id,
    refused,
  }),
);
