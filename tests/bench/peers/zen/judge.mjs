// The ten rules as a decision table of zen-engine: the first row whose condition holds answers.

import { ZenDecisionContent, ZenEngine } from "@gorules/zen-engine";

export const input = "rows";
export const together = 64; // each visit goes to another thread and back: alone, it mostly waits for one to wake

const LISTE = [
  "(specialite == 'SM20' and acte in ['gynecologie-examen-periodique', 'gynecologie-contraception', 'gynecologie-grossesse'])",
  "(specialite == 'SM38' and acte in ['ophtalmologie-correction', 'ophtalmologie-glaucome', 'ophtalmologie-dmla'])",
  "(specialite == 'SM50' and acte == 'stomatologie-soins-bucco-dentaires')",
].join(" or ");

const RULES = [
  ["dans-parcours X", "age < 16"],
  ["dans-parcours T", "traitant != 0 and traitant == medecin and declare_jours >= 1"],
  ["dans-parcours R", "traitant != 0 and remplace == traitant"],
  [
    "dans-parcours O",
    "traitant != 0 and prescripteur == traitant and adresse_jours >= 0 and declare_jours >= adresse_jours",
  ],
  ["dans-parcours J", "specialite == 'SM54' and installe_ans >= 0 and installe_ans < 5"],
  ["dans-parcours U", "urgence"],
  ["dans-parcours H", "hors_residence"],
  ["dans-parcours D", `(${LISTE}) and traitant != 0`],
  ["hors-parcours S1", `specialite in ['SM20', 'SM38', 'SM50'] and not (${LISTE})`],
  ["hors-parcours D", LISTE],
  ["hors-parcours S2", ""],
];

const TABLE = {
  hitPolicy: "first",
  inputs: [{ id: "if", name: "condition" }],
  outputs: [{ id: "then", name: "answer", field: "answer" }],
  rules: RULES.map(([answer, condition], index) => ({ _id: `${index}`, if: condition, then: `'${answer}'` })),
};
const DECISION = {
  nodes: [
    { id: "in", name: "in", type: "inputNode" },
    { id: "table", name: "table", type: "decisionTableNode", content: TABLE },
    { id: "out", name: "out", type: "outputNode" },
  ],
  edges: [
    { id: "a", type: "edge", sourceId: "in", targetId: "table" },
    { id: "b", type: "edge", sourceId: "table", targetId: "out" },
  ],
};

export async function ready() {
  const decision = new ZenEngine().createDecision(new ZenDecisionContent(DECISION));
  return async (row) => (await decision.evaluate(row)).result.answer;
}
