// Everything that goes wrong at once, and those who do nothing wrong must not notice: node bench/fire/soak.mjs [seconds=300]
import { copyFileSync, renameSync, utimesSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { ask, createProject, guest, newAgent, report, sleep, startServer } from "./server.mjs";

const seconds = Number(process.argv[2] ?? 300);
const settle = 60; // threads that idle go after half a minute

const greeting = (version) => `
  import { script, ok } from "mik-sdk";
  // version ${version}
  export default script(async (req, host) => ok({ said: (await host.call("http_hello")).body }));
`;
const configuration = (version) => `
[server]
static = "static"
memory_limit_mb = 16
max_body_size_mb = 1
script_cpu_ms = 200
[http]
header_timeout_secs = 2
[handlers.fault_spin]
max_concurrent_requests = 1
execution_timeout_secs = 1
[env]
VERSION = "${version}"
`;
const project = createProject(
  ["http_hello", "http_echo", "fault_trap", "fault_spin", "fault_grow", "fault_recurse", "fault_silent", "fault_midway"],
  { "mik.toml": configuration(0), "scripts/greet.ts": greeting(0), "scripts/spin.js": "export default () => { for (;;); };", "static/page.txt": "page\n" },
);
const server = await startServer(project.directory);
let over = false;

// 1. Clients that do nothing wrong.
const agent = newAgent();
const counts = {};
const failures = [];
async function wellFormed(path, expected, options) {
  while (!over) {
    try {
      const answer = await ask(agent, server.port, path, options);
      counts[path] = (counts[path] ?? 0) + 1;
      if (answer.status !== 200 || !answer.text.includes(expected)) failures.push(`${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
    } catch (lost) {
      failures.push(`${path}: ${lost.code ?? lost}`);
    }
    await sleep(5);
  }
}

// 2. Handlers and scripts that misbehave. What they are answered is not looked at.
async function misbehaving(path) {
  const own = newAgent();
  while (!over) {
    await ask(own, server.port, path).catch(() => {});
    await sleep(50);
  }
  own.destroy();
}

// 3. Clients that misbehave: each writes what it has, waits, and goes without a word.
const big = "x".repeat(64 * 1024);
const hostile = [
  ["leaves in the middle of its body", "POST /run/http_echo/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nab", 100],
  ["leaves before its answer", "GET /script/greet HTTP/1.1\r\nHost: x\r\n\r\n", 0],
  ["does not read", `GET /run/http_hello/ HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(200), 1500],
  ["stalls in its headers", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", 3000],
  ["stalls before its first byte", "", 3000],
  ["sends garbage", "\x00\xff\x16\x03\x01 nonsense\r\n\r\n", 100],
  ["sends a long line", `GET /${big}${big} HTTP/1.1\r\nHost: x\r\n\r\n`, 100],
  ["sends large headers", `GET / HTTP/1.1\r\nHost: x\r\nX: ${big}${big}${big}${big}${big}\r\n\r\n`, 100],
  ["declares a large body", "POST /run/http_echo/ HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 100],
  ["sends a large body in chunks", `POST /run/http_echo/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${`10000\r\n${big}\r\n`.repeat(20)}`, 300],
  ["sends a chunk that is none", "POST /run/http_echo/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 100],
  ["sends two lengths", "POST /run/http_echo/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 100],
  ["sends a broken HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff", 100],
  ["climbs", "GET /static/../mik.toml HTTP/1.1\r\nHost: x\r\n\r\n", 100],
];
async function attack([, text, stay]) {
  while (!over) {
    await new Promise((resolve) => {
      const socket = connect(server.port, "127.0.0.1", () => socket.write(Buffer.from(text, "latin1")));
      socket.on("error", () => {});
      if (stay < 1000) socket.resume();
      setTimeout(() => (socket.destroy(), resolve()), stay + 20);
    });
  }
}

// 4. Somebody deploys all the time.
async function deploy() {
  const file = join(project.directory, "modules/http_hello.wasm");
  for (let version = 1; !over; version++) {
    copyFileSync(guest("http_hello"), `${file}.new`);
    utimesSync(`${file}.new`, new Date(), new Date(Date.now() - version * 1000));
    renameSync(`${file}.new`, file);
    project.write("static/page.new", `page\n${"-".repeat(version)}\n`);
    renameSync(join(project.directory, "static/page.new"), join(project.directory, "static/page.txt"));
    project.write("scripts/greet.new", greeting(version));
    renameSync(join(project.directory, "scripts/greet.new"), join(project.directory, "scripts/greet.ts"));
    if (version % 5 === 0) project.write("mik.toml", configuration(version));
    await sleep(1000);
  }
}

const good = () => [
  wellFormed("/run/http_hello/", "hello"),
  wellFormed("/run/http_echo/", "body of a request", { method: "POST", body: "body of a request" }),
  wellFormed("/script/greet", "hello"),
  wellFormed("/static/page.txt", "page"),
  wellFormed("/health/ready", "ready"),
];
const bad = ["trap", "spin", "grow", "recurse", "silent", "midway"].map((kind) => `/run/fault_${kind}/`).concat("/script/spin");

// Once round, so that what is made once is there before anybody counts.
const warm = good();
await Promise.all(bad.map((path) => ask(agent, server.port, path).catch(() => {})));
await sleep(3000);
over = true;
await Promise.all(warm);
await sleep(settle * 1000 * Math.min(1, seconds / 60));
const before = server.look();

over = false;
const all = [...good(), ...bad.map(misbehaving), ...hostile.map(attack), deploy()];
let most = before;
const end = Date.now() + seconds * 1000;
while (Date.now() < end) {
  await sleep(500);
  const now = server.look();
  most = { memoryMb: Math.max(most.memoryMb, now.memoryMb), threads: Math.max(most.threads, now.threads), descriptors: Math.max(most.descriptors, now.descriptors) };
}
over = true;
await Promise.all(all);
agent.destroy();
await sleep(settle * 1000);
const after = server.look();
const code = await server.stop();
project.dispose();

const three = (what) => `${before[what].toFixed(0)}, ${most[what].toFixed(0)}, ${after[what].toFixed(0)}`;
for (const failure of failures.slice(0, 10)) console.log(`      ${failure}`);
const met = report([
  [`well-formed requests in ${seconds} s`, Object.entries(counts).map(([path, count]) => `${path} ${count}`).join(", ")],
  ["of them not answered as they should be", failures.length, failures.length === 0],
  ["memory in MB: before, at most, after", three("memoryMb"), after.memoryMb < before.memoryMb * 1.25 + 32],
  ["threads: before, at most, after", three("threads"), after.threads <= before.threads + 4],
  ["file descriptors: before, at most, after", three("descriptors"), after.descriptors <= before.descriptors + 8],
  ["exit code", code, code === 0],
]);
process.exit(met ? 0 : 1);
