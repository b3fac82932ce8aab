// Runs border.js with test requests and a test host: node border.mjs, beside cases.json:
//
//   requests   a list of { method, path, headers, body }
//   answers    a list of { status, headers, body }
//
// Bodies are Base64. Prints a list with what the script answered to each request, or null where there can be no such request.

import fs from "node:fs";
import { createTestHost, createTestRequest } from "mik-sdk/testing";
import script from "./border.js";

const cases = JSON.parse(fs.readFileSync(new URL("cases.json", import.meta.url), "utf8"));
const message = ({ body, ...rest }) => ({ ...rest, body: new Uint8Array(Buffer.from(body, "base64")) });

const host = createTestHost({
  echo: ({ headers, body }) => ({ status: 201, headers, body }),
  canned: ({ path }) => message(cases.answers[Number(path.slice(1))]),
});
const results = [];
for (const one of cases.requests) {
  let request;
  try {
    request = createTestRequest(message(one));
  } catch {
    results.push(null);
    continue;
  }

  results.push((await script(request, host)).body);
}

console.log(JSON.stringify(results));
