// The functions of the test runner that is there: `mik test`, or another with the same globals (`vitest --globals`). What can do without
// a runner is ours where there is none.

import { expect as ownExpect } from "./expect.js";
import { vi as ownVi } from "./vi.js";

// Looked up when used: a runner may load this module before it has put its functions in place.
function provided(name, own) {
  const current = () => {
    const value = globalThis[name] ?? own;
    if (value === undefined) {
      throw new Error(`${name}() needs a test runner: run the file with \`mik test\` or \`vitest --globals\`, or import ${name} from your runner`);
    }

    return value;
  };
  return new Proxy(() => {}, {
    apply: (target, self, args) => current()(...args),
    get: (target, key) => current()[key],
  });
}

export const test = provided("test");
export const it = provided("it");
export const describe = provided("describe");
export const beforeAll = provided("beforeAll");
export const afterAll = provided("afterAll");
export const beforeEach = provided("beforeEach");
export const afterEach = provided("afterEach");
export const expect = provided("expect", ownExpect);
export const vi = provided("vi", ownVi);

export function fn(implementation) {
  return vi.fn(implementation);
}
