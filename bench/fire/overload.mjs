// Ten times the requests that the configuration lets in: node bench/fire/overload.mjs [seconds=60]
import { ask, createProject, newAgent, percentile, report, sleep, startServer } from "./server.mjs";

const seconds = Number(process.argv[2] ?? 60);
const limit = 32;
const path = "/run/http_sleep/?ms=50";
const project = createProject(["http_sleep"], {
  "mik.toml": `[server]\nmax_concurrent_requests = ${limit}\nmax_per_module_requests = ${limit}\n`,
});
const server = await startServer(project.directory);

/** Clients that ask again and again; whoever is refused takes a breath, though a shorter one than it is told to. */
async function load(clients, duration) {
  const agent = newAgent();
  const accepted = [];
  const refused = [];
  const other = [];
  const end = performance.now() + duration;
  const client = async (index) => {
    await sleep((index * 250) / clients);
    while (performance.now() < end) {
      try {
        const answer = await ask(agent, server.port, path);
        if (answer.status === 200) accepted.push(answer.ms);
        else if ((answer.status === 429 || answer.status === 503) && answer.retryAfter) refused.push(answer.ms), await sleep(250);
        else other.push(answer.status);
      } catch (lost) {
        other.push(lost.code);
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  agent.destroy();
  return { accepted, refused, other };
}

await load(limit / 2, 3000);
const calm = await load(limit / 2, Math.min(10, seconds) * 1000);
const before = server.look();
let most = before.memoryMb;
const watch = setInterval(() => (most = Math.max(most, server.look().memoryMb)), 500);
const storm = await load(limit * 10, seconds * 1000);
clearInterval(watch);

const agent = newAgent();
const over = performance.now();
let recovery = NaN;
while (performance.now() - over < 5000 && Number.isNaN(recovery)) {
  if ((await ask(agent, server.port, path)).status === 200) recovery = performance.now() - over;
}
const after = await load(limit / 2, 2000);
agent.destroy();
const code = await server.stop();
project.dispose();

const ms = (values, part) => `${percentile(values, part).toFixed(1)} ms`;
const met = report([
  [`accepted at half the limit: p50, p99 of ${calm.accepted.length}`, `${ms(calm.accepted, 0.5)}, ${ms(calm.accepted, 0.99)}`],
  [`accepted at ten times the limit: p50, p99 of ${storm.accepted.length}`, `${ms(storm.accepted, 0.5)}, ${ms(storm.accepted, 0.99)}`, percentile(storm.accepted, 0.5) < 2 * percentile(calm.accepted, 0.5) + 10],
  [`refused: p50, p99 of ${storm.refused.length} (asked for: under 50 ms)`, `${ms(storm.refused, 0.5)}, ${ms(storm.refused, 0.99)}`, percentile(storm.refused, 0.99) < 50],
  ["answers that are neither, and lost connections", storm.other.length + calm.other.length, storm.other.length + calm.other.length === 0],
  ["memory before, at most (asked for: bounded)", `${before.memoryMb.toFixed(0)} MB, ${most.toFixed(0)} MB`, most < before.memoryMb + 100],
  ["first answer after the storm (asked for: within 1 s)", `${recovery.toFixed(1)} ms`, recovery < 1000],
  ["refused in the two seconds after", after.refused.length, after.refused.length === 0],
  ["exit code", code, code === 0],
]);
process.exit(met ? 0 : 1);
