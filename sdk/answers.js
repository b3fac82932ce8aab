// ok, error, script, and what counts as an answer.

// Bodies of handlers' 2xx responses, with their status: `ok` keeps it. 200 is what it takes anyway.
const handlerStatuses = new WeakMap();

// Answers made here or by handlers: whether the body is a value to be written as JSON, even when it is a string. Others are sent as
// they are.
const answers = new WeakMap();

export function rememberHandlerAnswer(answer, isJson) {
  const { status, body } = answer;
  if (status > 200 && status <= 299 && typeof body === "object" && body !== null) {
    handlerStatuses.set(body, status);
  }

  answers.set(answer, isJson);
}

export function isJsonAnswer(answer) {
  return answers.get(answer) === true;
}

function isBytes(value) {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

export function ok(data, { status, headers } = {}) {
  const ownStatus = typeof data === "object" && data !== null ? handlerStatuses.get(data) : undefined;
  const answer = { status: status ?? ownStatus ?? (data === undefined ? 204 : 200), headers: headers ?? {}, body: data };
  answers.set(answer, data !== undefined && !isBytes(data));
  return answer;
}

export function error({ status = 500, type = "about:blank", title, detail, ...extra } = {}) {
  const answer = {
    status,
    headers: { "content-type": "application/problem+json" },
    body: { type, title, status, detail, ...extra },
  };
  answers.set(answer, true);
  return answer;
}

// Whether the value is { status, headers?, body? } built by hand (or by the functions above), and nothing else. A lone number out of
// range is somebody's data, not a status.
export function isAnswer(value) {
  return typeof value === "object" && value !== null && typeof value.status === "number"
    && Object.keys(value).every(key => key === "status" || key === "headers" || key === "body")
    && ("body" in value || "headers" in value || (Number.isInteger(value.status) && value.status >= 200 && value.status <= 599));
}

// Whatever a script returned, as { status, headers, body }.
export function toAnswer(value) {
  if (answers.has(value)) {
    return value;
  }

  if (!isAnswer(value)) {
    return ok(value);
  }

  const { status, headers, body } = value;
  return { status, headers: headers ?? {}, body };
}

// What script() made → the function it was given.
const handlers = new WeakMap();

export function script(handler) {
  if (typeof handler !== "function") {
    throw new TypeError("script() takes a function of (req, host)");
  }

  const entry = async (req, host) => toAnswer(await handler(req, host));
  handlers.set(entry, handler);
  return entry;
}

// The function behind a script, for whoever makes an answer of its result as well.
export function handlerOf(entry) {
  return handlers.get(entry) ?? entry;
}
