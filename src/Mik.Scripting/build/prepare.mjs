// Fetches what Mik.Scripting embeds and lays it out in one directory: node prepare.mjs <project directory> <output directory>.
// Called by the project file when the lock file is newer than the output. Builds may run side by side, so one does the work while
// the others wait.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { replaceAllocator } from "./allocator.mjs";
import { addRejectionTracker } from "./rejections.mjs";
import { WebAssemblyModule } from "./webassembly.mjs";

const [project, output] = process.argv.slice(2);
const Packages = ["package.json", "package-lock.json"];
const Recipe = ["prepare", "rejections", "allocator", "assembler", "webassembly"].map(name => `build/${name}.mjs`);
const Delivery = ["quickjs.wasm", "typescript.wasm", "url.js"];
const LockPatienceMs = 5 * 60 * 1000;

fs.mkdirSync(output, { recursive: true });
const release = acquire(path.join(output, "lock"));
try {
  const stamp = path.join(output, "stamp");
  const wanted = [...Packages, ...Recipe].map(name => fs.readFileSync(path.join(project, name), "utf8")).join("\n");
  if (!fs.existsSync(stamp) || fs.readFileSync(stamp, "utf8") !== wanted) {
    fs.rmSync(stamp, { force: true });
    install();
    copyQuickJs();
    extractTypeScript();
    bundleUrl();
    fs.writeFileSync(stamp, wanted);
  }

  // Newer than the lock file from now on, whatever its time was.
  for (const name of Delivery) {
    const now = new Date();
    fs.utimesSync(path.join(output, name), now, now);
  }
} catch (error) {
  console.error(`Mik.Scripting: error : ${error.message}`);
  process.exitCode = 1;
} finally {
  release();
}

function acquire(directory) {
  const start = Date.now();
  for (;;) {
    try {
      fs.mkdirSync(directory);
      return () => fs.rmSync(directory, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== "EEXIST") {
        throw error;
      }

      // Whoever held it this long was killed.
      if (Date.now() - start > LockPatienceMs) {
        fs.rmSync(directory, { recursive: true, force: true });
      }

      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
}

function install() {
  for (const name of Packages) {
    fs.copyFileSync(path.join(project, name), path.join(output, name));
  }

  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const flags = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const result = spawnSync(npm, flags, { cwd: output, encoding: "utf8", shell: process.platform === "win32" });
  if (result.error?.code === "ENOENT") {
    throw new Error("Node.js with npm is needed to build");
  }

  if (result.status !== 0) {
    throw new Error(`npm ci failed: ${result.stderr ?? result.error}`);
  }
}

function copyQuickJs() {
  const source = path.join(output, "node_modules/@jitl/quickjs-ng-wasmfile-release-sync/dist/emscripten-module.wasm");
  const module = new WebAssemblyModule(fs.readFileSync(source));
  addRejectionTracker(module);
  replaceAllocator(module);
  fs.writeFileSync(path.join(output, "quickjs.wasm"), module.toBinary());
}

// The package carries its module as a Base64 literal in its glue code.
function extractTypeScript() {
  const glue = fs.readFileSync(path.join(output, "node_modules/@swc/wasm-typescript/wasm.js"), "utf8");
  const literal = /Buffer\.from\('([A-Za-z0-9+/=]+)', *'base64'\)/.exec(glue);
  if (literal === null) {
    throw new Error("@swc/wasm-typescript no longer carries its module where it did");
  }

  fs.writeFileSync(path.join(output, "typescript.wasm"), Buffer.from(literal[1], "base64"));
}

// mik:url — URL and URLSearchParams, which QuickJS lacks. core-js defines them as globals.
function bundleUrl() {
  const { buildSync } = createRequire(path.join(output, "package.json"))("esbuild");
  buildSync({
    stdin: {
      contents: `import "core-js/web/url"; import "core-js/web/url-search-params"; delete globalThis["__core-js_shared__"];`,
      resolveDir: output,
    },
    bundle: true,
    format: "esm",
    minify: true,
    outfile: path.join(output, "url.js"),
    logLevel: "error",
  });
}
