// Plays the doctor's software with Medplum's client: discovers the services, fills the prefetch from its own
// FHIR server, calls them, then calls once more without prefetch but with a lent token. Prints what it got.
import { buildCdsRequest, MedplumClient } from "@medplum/core";

const { fhir, services: cdsServicesUrl, user, contexts, tokens, lent } = JSON.parse(process.argv[2]);
const medplum = new MedplumClient({ baseUrl: fhir, cdsServicesUrl, cacheTime: 0 });
const authorized = (id) => ({ headers: { Authorization: `Bearer ${tokens[id].shift()}` } });

const { services } = await medplum.getCdsServices();
const asDoctor = await medplum.readResource(...user.split("/"));
const answers = {};
for (const service of services.filter(({ hook }) => contexts[hook])) {
  const request = await buildCdsRequest(medplum, asDoctor, service, contexts[service.hook]);
  const prefetched = await medplum.callCdsService(service.id, request, authorized(service.id));
  const { prefetch, ...bare } = request;
  const withToken = { ...bare, fhirServer: `${fhir}fhir/R4`, fhirAuthorization: lent };
  const fetched = await medplum.callCdsService(service.id, withToken, authorized(service.id));
  answers[service.hook] = { prefetched, fetched, keys: Object.keys(prefetch) };
}

let refused = 0;
try {
  const [{ id, hook }] = services;
  await medplum.callCdsService(id, { hook, hookInstance: "none", context: {} }, authorized(id));
} catch (error) {
  refused = error.outcome.issue[0].code;
}

console.log(JSON.stringify({ services: services.map(({ id }) => id), answers, refused }));
