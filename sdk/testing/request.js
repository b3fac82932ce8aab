// createTestRequest: a request as a script would see it.

import { fieldsOf, received } from "./received.js";

// The query may stand in `path`, in `query`, or in both. With a body and without a method it is a POST.
export function createTestRequest({ method, path = "/", query, headers, body } = {}) {
  const [pathname, search = ""] = path.split(/\?(.*)/s);
  const message = received(headers, body, "request");
  return {
    method: method ?? (message.body === null ? "GET" : "POST"),
    path: pathname,
    headers: message.headers,
    query: { ...fieldsOf(search), ...fieldsOf(Object.entries(query ?? {}).filter(([, value]) => value !== undefined)) },
    body: message.body,
  };
}
