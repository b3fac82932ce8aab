// The functions of the test runner that is there: `mik test`, or another with the same globals (`vitest --globals`).

function provided(name) {
  return globalThis[name] ?? function () {
    throw new Error(`${name}() needs a test runner: run the file with \`mik test\` or \`vitest --globals\`, or import ${name} from your runner`);
  };
}

export const test = provided("test");
export const it = provided("it");
export const describe = provided("describe");
export const beforeAll = provided("beforeAll");
export const afterAll = provided("afterAll");
export const beforeEach = provided("beforeEach");
export const afterEach = provided("afterEach");
export const expect = provided("expect");
