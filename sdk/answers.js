// ok, error, script, and what counts as an answer.

// Bodies of handlers' 2xx responses, with their status: `ok` keeps it.
const handlerStatuses = new WeakMap();

// Answers whose body is a value to be written as JSON, even when it is a string. Others are sent as they are.
const jsonAnswers = new WeakSet();

export function rememberHandlerAnswer(answer, isJson) {
  const { status, body } = answer;
  if (typeof body === "object" && body !== null && status >= 200 && status <= 299) {
    handlerStatuses.set(body, status);
  }

  if (isJson) {
    jsonAnswers.add(answer);
  }
}

export function isJsonAnswer(answer) {
  return jsonAnswers.has(answer);
}

function isBytes(value) {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

export function ok(data, { status, headers } = {}) {
  const ownStatus = typeof data === "object" && data !== null ? handlerStatuses.get(data) : undefined;
  const answer = { status: status ?? ownStatus ?? (data === undefined ? 204 : 200), headers: headers ?? {}, body: data };
  if (data !== undefined && !isBytes(data)) {
    jsonAnswers.add(answer);
  }

  return answer;
}

export function error({ status = 500, type = "about:blank", title, detail, ...extra } = {}) {
  const answer = {
    status,
    headers: { "content-type": "application/problem+json" },
    body: { type, title, status, detail, ...extra },
  };
  jsonAnswers.add(answer);
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
  if (!isAnswer(value)) {
    return ok(value);
  }

  const { status, headers, body } = value;
  const answer = { status, headers: headers ?? {}, body };
  if (jsonAnswers.has(value)) {
    jsonAnswers.add(answer);
  }

  return answer;
}

export function script(handler) {
  if (typeof handler !== "function") {
    throw new TypeError("script() takes a function of (req, host)");
  }

  return async (req, host) => toAnswer(await handler(req, host));
}
