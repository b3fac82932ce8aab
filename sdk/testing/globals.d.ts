// The functions that tests find on the global object, under `mik test` as under `vitest --globals`.

import type * as testing from "./index.js";

declare global {
  const test: typeof testing.test;
  const it: typeof testing.it;
  const describe: typeof testing.describe;
  const beforeAll: typeof testing.beforeAll;
  const afterAll: typeof testing.afterAll;
  const beforeEach: typeof testing.beforeEach;
  const afterEach: typeof testing.afterEach;
  const expect: typeof testing.expect;
  const vi: typeof testing.vi;
}
