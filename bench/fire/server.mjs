// What the commands here share: a project in a directory of its own, the real program serving it, and a look at the process from outside.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** The program that was built, preferably in Release. */
export const program = ["release", "debug"].map((kind) => join(repository, "artifacts/bin/Mik.Cli", kind, "mik")).find(existsSync);

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A project of guests of the fixtures and files; deleted by `dispose`. */
export function createProject(handlers, files) {
  const directory = mkdtempSync(join(tmpdir(), "mik-fire-"));
  const write = (path, text) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  };
  mkdirSync(join(directory, "modules"));
  for (const name of handlers) cpSync(guest(name), join(directory, "modules", `${name}.wasm`));
  for (const [path, text] of Object.entries(files)) write(path, text);
  return { directory, write, dispose: () => rmSync(directory, { recursive: true, force: true }) };
}

export const guest = (name) => join(repository, "fixtures/guests/built", `${name}.wasm`);

/** Starts the server on a free port and waits until it listens. */
export async function startServer(directory) {
  if (!program) throw new Error("there is no program: dotnet build src/Mik.Cli -c Release");
  const child = spawn(program, ["run", directory, "--port", "0", "--host", "127.0.0.1"], { stdio: ["ignore", "pipe", "pipe"] });
  const abandon = () => child.kill("SIGKILL");
  process.once("exit", abandon);
  const ended = new Promise((resolve) => child.on("exit", (code, signal) => (process.off("exit", abandon), resolve(code ?? signal))));
  let output = "";
  let log = "";
  child.stderr.on("data", (bytes) => (log = (log + bytes).slice(-20_000)));
  const port = await new Promise((resolve, reject) => {
    child.stdout.on("data", (bytes) => {
      output += bytes;
      const found = /Listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output);
      if (found) resolve(Number(found[1]));
    });
    ended.then((code) => reject(new Error(`mik ended with ${code}: ${output}${log}`)));
  });
  return {
    port,
    ended,
    log: () => log,
    signal: (name) => child.kill(name),
    stop: async () => {
      child.kill("SIGTERM");
      return await ended;
    },
    look: () => look(child.pid),
  };
}

/** The process as the system sees it. Memory is what it would give back if it ended: private, and its part of what is shared. */
function look(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return {
    memoryMb: Number(/^Pss:\s+(\d+)/m.exec(rollup)[1]) / 1024,
    threads: Number(/^Threads:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  };
}

export const newAgent = () => new Agent({ keepAlive: true, maxSockets: Infinity });

/** One request; resolves to status, body and milliseconds, rejects when there was no whole answer. */
export function ask(agent, port, path, { method = "GET", body, headers = {} } = {}) {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request({ agent, port, host: "127.0.0.1", path, method, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part) => (text += part));
      answer.on("error", reject);
      answer.on("end", () => resolve({ status: answer.statusCode, text, ms: performance.now() - started, retryAfter: answer.headers["retry-after"] }));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

export function percentile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] : NaN;
}

/** Prints what was found beside what was asked for; whether all of it was met. */
export function report(rows) {
  for (const [what, found, met] of rows) console.log(`${met === undefined ? "     " : met ? "ok   " : "MISS "} ${what.padEnd(58)} ${found}`);
  return rows.every(([, , met]) => met !== false);
}
