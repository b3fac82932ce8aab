// Runs kernels on V8, one line at a time: "<n> <name>" calls run(n) of that kernel; the answer is "<milliseconds of processor time> <result>".
// V8 compiles with Liftoff first and with TurboFan what runs often, as in every other program.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { loadKernels } from './quickjs.mjs';

const [directory, quickJs] = process.argv.slice(2);
const kernels = new Map();

function kernel(name) {
    if (name.startsWith('quickjs ') && !kernels.has(name)) {
        loadKernels(readFileSync(quickJs), readFileSync(`${directory}/scripts.js`, 'utf8')).forEach((run, name) => kernels.set(name, run));
    }
    if (!kernels.has(name)) {
        const module = new WebAssembly.Module(readFileSync(`${directory}/${name}.wasm`));
        kernels.set(name, new WebAssembly.Instance(module, {}).exports.run);
    }
    return kernels.get(name);
}

for await (const line of createInterface({ input: process.stdin })) {
    const [, n, name] = /^(\d+) (.+)$/.exec(line);
    const run = kernel(name);
    const start = process.cpuUsage();
    const result = run(Number(n)) >>> 0;
    const { user, system } = process.cpuUsage(start);
    process.stdout.write(`${(user + system) / 1000} ${result}\n`);
}
