// vi: mocks and the clock, under the name that other test runners have for them.

import * as clock from "./clock.js";
import * as mock from "./mock.js";

export const vi = { ...clock, ...mock };
