// SIGTERM under load, again and again: node bench/fire/term.mjs [tries=20]
import { ask, createProject, newAgent, report, sleep, startServer } from "./server.mjs";

const tries = Number(process.argv[2] ?? 20);
const inFlight = 32;
const project = createProject(["http_sleep"], {});
const failed = [];
const codes = [];
for (let attempt = 0; attempt < tries; attempt++) {
  const server = await startServer(project.directory);
  const agent = newAgent();
  const answers = Array.from({ length: inFlight }, () => ask(agent, server.port, "/run/http_sleep/?ms=500").catch((lost) => ({ status: lost.code })));
  const probe = newAgent();
  while (JSON.parse((await ask(probe, server.port, "/health")).text).in_flight < inFlight) await sleep(5);
  server.signal("SIGTERM");
  failed.push(...(await Promise.all(answers)).map((answer) => answer.status).filter((status) => status !== 200));
  codes.push(await server.ended);
  agent.destroy();
  probe.destroy();
}
project.dispose();
const met = report([
  [`requests in flight at the signal, ${tries} tries`, tries * inFlight],
  ["not answered with 200", failed.length ? failed.join(" ") : 0, failed.length === 0],
  ["exit codes other than 0", codes.filter((code) => code !== 0).length, codes.every((code) => code === 0)],
]);
process.exit(met ? 0 : 1);
