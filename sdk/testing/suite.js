// describe, test and their hooks: collects what a test file declares. run.js runs it.

import { inline } from "./format.js";

const root = makeGroup("", undefined, {});
let current = root;
let isCollecting = true;

// Where .only was used first, and what cannot be declared, both as stacks: told when the file is about to run.
export const notes = { firstOnly: undefined, hasOnly: false };

// The outermost group: { name, parent, mode, isOnly, children, beforeAll, afterAll, beforeEach, afterEach }. A child is a group or a
// test: { name, parent, mode, isOnly, timeout, isFailing, run, site }.
export { root };

// Nothing can be declared any more.
export function endCollecting() {
  isCollecting = false;
}

function makeGroup(name, parent, options) {
  return { name, parent, children: [], beforeAll: [], afterAll: [], beforeEach: [], afterEach: [], ...options };
}

function requireCollecting(what) {
  if (!isCollecting) {
    throw new Error(`${what} belongs at the top of the file or inside describe(): tests are running already`);
  }
}

function nameOf(name) {
  return typeof name === "function" ? name.name || "anonymous" : String(name);
}

// (name, run, timeout), (name, options, run) or (name, run, options)
function readArguments(second, third) {
  const [run, rest] = typeof second === "object" && second !== null ? [third, second] : [second, third];
  const options = typeof rest === "number" ? { timeout: rest } : { ...rest };
  return { run, options };
}

function modeOf(options, presets) {
  const wish = { ...options, ...presets };
  if (wish.only) {
    notes.hasOnly = true;
    notes.firstOnly ??= new Error().stack;
  }

  return { mode: wish.todo ? "todo" : wish.skip ? "skip" : "run", isOnly: Boolean(wish.only) };
}

function declareTest(presets, name, second, third) {
  requireCollecting("test()");
  const { run, options } = readArguments(second, third);
  const { mode, isOnly } = modeOf(options, presets);
  if (run !== undefined && typeof run !== "function") {
    throw new TypeError(`test("${name}"): takes a function`);
  }

  current.children.push({
    name: nameOf(name),
    parent: current,
    mode: run === undefined && mode === "run" ? "todo" : mode,
    isOnly,
    timeout: options.timeout,
    isFailing: Boolean(presets.fails ?? options.fails),
    run,
    site: new Error().stack,
  });
}

function declareGroup(presets, name, second, third) {
  requireCollecting("describe()");
  const { run, options } = readArguments(second, third);
  const group = makeGroup(nameOf(name), current, { ...modeOf(options, presets), timeout: options.timeout });
  current.children.push(group);
  current = group;
  try {
    if (typeof run?.()?.then === "function") {
      throw new TypeError(`describe("${name}"): its function cannot be async; what a test waits for belongs into beforeAll`);
    }
  } finally {
    current = group.parent;
  }
}

// A declaring function with everything that hangs on it: .skip, .only, .todo, .each …
function withVariants(declare, presets = {}) {
  const result = (...args) => declare(presets, ...args);
  const variant = (name, change) => Object.defineProperty(result, name, { get: () => withVariants(declare, { ...presets, ...change }) });
  variant("skip", { skip: true });
  variant("only", { only: true });
  variant("todo", { todo: true });
  variant("fails", { fails: true });

  // Tests of a file share its globals and run one after another; files run side by side.
  variant("concurrent", {});
  variant("sequential", {});
  result.skipIf = condition => (condition ? result.skip : result);
  result.runIf = condition => (condition ? result : result.skip);
  result.each = (cases, ...values) => (name, run, options) => {
    for (const [index, row] of rowsOf(cases, values).entries()) {
      const args = Array.isArray(row) ? row : [row];
      declare(presets, titleOf(nameOf(name), args, index), () => run(...args), options);
    }
  };
  result.for = cases => (name, run, options) => {
    for (const [index, row] of [...cases].entries()) {
      declare(presets, titleOf(nameOf(name), Array.isArray(row) ? row : [row], index), context => run(row, context), options);
    }
  };
  return result;
}

// A list of rows, or a template: a line of names, then a line of values for each row.
function rowsOf(cases, values) {
  if (!Array.isArray(cases?.raw)) {
    return [...cases];
  }

  const names = cases[0].split("|").map(name => name.trim());
  return Array.from({ length: values.length / names.length }, (_, row) =>
    Object.fromEntries(names.map((name, column) => [name, values[row * names.length + column]])));
}

function titleOf(name, args, index) {
  let used = 0;
  const withValues = name.replace(/%[sdifjoO#%]/g, directive => {
    switch (directive) {
      case "%%": return "%";
      case "%#": return String(index);
      case "%s": return used < args.length ? textOf(args[used++]) : directive;
      case "%d": case "%i": case "%f": return used < args.length ? String(Number(args[used++])) : directive;
      default: return used < args.length ? inline(args[used++]) : directive;
    }
  });
  const [row] = args;
  return typeof row !== "object" || row === null ? withValues : withValues.replace(/\$([\w.]+)/g, (reference, path) => {
    const value = path.split(".").reduce((object, key) => object?.[key], row);
    return value === undefined && !(path in row) ? reference : textOf(value);
  });
}

function textOf(value) {
  return typeof value === "string" ? value : inline(value);
}

function hook(kind) {
  return (run, timeout) => {
    requireCollecting(`${kind}()`);
    if (typeof run !== "function") {
      throw new TypeError(`${kind}() takes a function`);
    }

    current[kind].push({ run, timeout });
  };
}

export const test = withVariants(declareTest);
export const it = test;
export const describe = withVariants(declareGroup);
export const beforeAll = hook("beforeAll");
export const afterAll = hook("afterAll");
export const beforeEach = hook("beforeEach");
export const afterEach = hook("afterEach");
