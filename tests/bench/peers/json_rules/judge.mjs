// The ten rules for json-rules-engine: by priority, and the first that holds stops the engine.

import { Engine } from "json-rules-engine";

export const input = "rows";

const is = (fact, value) => ({ fact, operator: "equal", value });
const isNot = (fact, value) => ({ fact, operator: "notEqual", value });
const among = (fact, value) => ({ fact, operator: "in", value });
const below = (fact, value) => ({ fact, operator: "lessThan", value });
const atLeast = (fact, value) => ({ fact, operator: "greaterThanInclusive", value });
const the = (fact) => ({ fact });
const all = (...conditions) => ({ all: conditions });
const any = (...conditions) => ({ any: conditions });

const declare = isNot("traitant", 0);
const liste = any(
  all(
    is("specialite", "SM20"),
    among("acte", ["gynecologie-examen-periodique", "gynecologie-contraception", "gynecologie-grossesse"]),
  ),
  all(
    is("specialite", "SM38"),
    among("acte", ["ophtalmologie-correction", "ophtalmologie-glaucome", "ophtalmologie-dmla"]),
  ),
  all(is("specialite", "SM50"), is("acte", "stomatologie-soins-bucco-dentaires")),
);

const RULES = [
  ["dans-parcours X", all(below("age", 16))],
  ["dans-parcours T", all(declare, is("traitant", the("medecin")), atLeast("declare_jours", 1))],
  ["dans-parcours R", all(declare, is("remplace", the("traitant")))],
  [
    "dans-parcours O",
    all(
      declare,
      is("prescripteur", the("traitant")),
      atLeast("adresse_jours", 0),
      atLeast("declare_jours", the("adresse_jours")),
    ),
  ],
  ["dans-parcours J", all(is("specialite", "SM54"), atLeast("installe_ans", 0), below("installe_ans", 5))],
  ["dans-parcours U", all(is("urgence", true))],
  ["dans-parcours H", all(is("hors_residence", true))],
  ["dans-parcours D", all(liste, declare)],
  ["hors-parcours S1", all(among("specialite", ["SM20", "SM38", "SM50"]), { not: liste })],
  ["hors-parcours D", all(liste)],
];

export async function ready() {
  const engine = new Engine();
  RULES.forEach(([answer, conditions], index) =>
    engine.addRule({
      conditions,
      event: { type: answer },
      priority: RULES.length - index,
      onSuccess: () => engine.stop(),
    }),
  );
  return async (row) => {
    const { events } = await engine.run(row);
    return events.length ? events[0].type : "hors-parcours S2";
  };
}
