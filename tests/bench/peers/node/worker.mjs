// An engine of Node in a process of its own, asked line by line.
//
// `node worker.mjs cql FILE` reads the visits of FILE, one a line, then answers each line of its input with a line of
// JSON: `answers`, or `round` and a number of seconds (the answer: microseconds a visit). An engine that works on
// threads of its own says how many visits it is asked about `together`; any other, one after the other.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [, , folder, file] = process.argv;
const { input, ready, together = 1 } = await import(new URL(`../${folder}/judge.mjs`, import.meta.url));
const lines = readFileSync(file, "utf8").trimEnd().split("\n");
const visits = input === "rows" ? lines.map((line) => JSON.parse(line)) : lines;
const judge = await ready();

async function answers() {
  const found = [];
  for (const visit of visits) found.push(await judge(visit));
  return found;
}

let at = 0;
const next = () => judge(visits[at++ % visits.length]);
const some = together === 1 ? next : () => Promise.all(Array.from({ length: together }, next));

async function round(seconds) {
  const start = performance.now();
  let judged = 0;
  let spent = 0;
  do {
    await some();
    judged += together;
    spent = performance.now() - start;
  } while (spent < seconds * 1000);
  return (spent / judged) * 1000;
}

for await (const line of createInterface({ input: process.stdin })) {
  const [order, seconds] = line.split(" ");
  const answer = order === "answers" ? await answers() : await round(Number(seconds));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
