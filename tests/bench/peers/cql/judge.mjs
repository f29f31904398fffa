// The ten rules in CQL: translated once to ELM, then asked about one Bundle at a time.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { SystemModelInfoProvider } = await import("@cqframework/cql/cql");
const { CqlTranslator, LibraryManager, ModelManager, createModelInfoProvider, stringAsSource } = await import(
  "@cqframework/cql/cql-to-elm"
);
const cql = require("cql-execution");
const fhir = require("cql-exec-fhir");

export const input = "bundles";

export async function ready() {
  const executor = new cql.Executor(new cql.Library(translated(readFileSync(new URL("parcours.cql", import.meta.url), "utf8"))));
  const source = fhir.PatientSource.FHIRv401(); // building one costs 70 ms: it is kept
  return async (text) => {
    source.loadBundles([JSON.parse(text)]);
    const { patientResults } = await executor.exec_expression("Reponse", source);
    return Object.values(patientResults)[0].Reponse;
  };
}

function translated(text) {
  const models = new ModelManager();
  const xml = readFileSync(require.resolve("cql-exec-fhir/lib/modelInfos/fhir-modelinfo-4.0.1.xml"), "utf8");
  models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
  models.modelInfoLoader.registerModelInfoProvider(
    createModelInfoProvider((id) => (id === "FHIR" ? stringAsSource(xml) : null)),
  );
  const elm = JSON.parse(CqlTranslator.fromText(text, new LibraryManager(models)).toJson());
  const errors = (elm.library.annotation ?? []).filter((note) => note.errorSeverity === "error");
  if (errors.length) throw new Error(errors.map((e) => `line ${e.startLine}: ${e.message}`).join("\n"));
  return elm;
}
