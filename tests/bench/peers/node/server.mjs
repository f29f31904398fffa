// An engine of Node behind HTTP: a Bundle or a row is posted, the answer comes back. No validation, no FHIR reply.
//
// `node server.mjs cql PORT WORKERS`

import cluster from "node:cluster";
import { createServer } from "node:http";

const [, , folder, port, workers] = process.argv;

if (cluster.isPrimary) {
  for (let i = 0; i < Number(workers); i++) cluster.fork();
  let prepared = 0;
  cluster.on("message", () => {
    prepared += 1;
    if (prepared === Number(workers)) Object.values(cluster.workers).forEach((worker) => worker.send("listen"));
  });
} else {
  const { input, ready } = await import(new URL(`../${folder}/judge.mjs`, import.meta.url));
  const judge = await ready();
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    const answer = await judge(input === "rows" ? JSON.parse(text) : text);
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ answer }));
  });
  // Who finds the port open finds every worker prepared.
  process.once("message", () => server.listen(Number(port), "127.0.0.1"));
  process.send("prepared");
}
