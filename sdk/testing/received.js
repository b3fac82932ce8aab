// Bodies and headers as the other side sees them: what the runtime does to a request, a call or an answer on its way.

import { bytesOf, headerPairs, parseJson, writeBody } from "../bodies.js";

const TextTypes = new Set(["application/xml", "application/javascript", "application/x-yaml", "application/yaml"]);

// What arrives of a message that somebody sends with these headers and this value as its body. `as` says who receives it: a script its
// "request", or anybody an "answer".
export function received(headers, value, as) {
  const { content, contentType } = writeBody(value ?? undefined, typeof value !== "string");
  const fields = {};
  for (const [name, text] of headerPairs(headers)) {
    const key = name.toLowerCase();
    fields[key] = key in fields ? `${fields[key]}, ${text}` : text;
  }

  if (content !== undefined) {
    fields["content-type"] ??= contentType;
  }

  return { headers: fields, ...readBody(fields, content, as) };
}

// The fields of a query or a form; of a repeated name the first value counts.
export function fieldsOf(text) {
  const fields = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (!Object.hasOwn(fields, name)) {
      fields[name] = value;
    }
  }

  return fields;
}

function readBody(headers, content, as) {
  if (content === undefined || content.length === 0) {
    return { body: null, isJson: false };
  }

  const { type, charset } = contentTypeOf(headers);
  if ((headers["content-encoding"] ?? "identity").trim().toLowerCase() !== "identity") {
    return { body: encode(content), isJson: false };
  }

  const isJson = type === "application/json" || type === "text/json" || type.endsWith("+json");
  const isForm = as === "request" && type === "application/x-www-form-urlencoded";
  const mayBeJson = isJson || isForm || type === "" || (as === "answer" && type === "application/octet-stream");
  const json = mayBeJson ? tryParse(content) : undefined;
  if (json !== undefined) {
    return { body: json.value, isJson: true };
  }

  if (isForm) {
    return { body: fieldsOf(decode(content)), isJson: false };
  }

  if (isJson && as === "request") {
    throw new TypeError("The body is not JSON although its content type says so: the runtime answers 400 before the script runs");
  }

  const isText = isJson || type.startsWith("text/") || type.endsWith("+xml") || TextTypes.has(type);
  return { body: isText ? decode(content, charset) : encode(content), isJson: false };
}

function contentTypeOf(headers) {
  const [type, ...parameters] = (headers["content-type"] ?? "").split(";").map(part => part.trim());
  const charset = parameters.find(parameter => /^charset\s*=/i.test(parameter))?.replace(/^[^=]*=\s*/, "").replaceAll('"', "");
  return { type: type.toLowerCase(), charset };
}

function tryParse(content) {
  try {
    const text = typeof content === "string" ? content : new TextDecoder("utf-8", { fatal: true }).decode(content);
    return { value: parseJson(text.replace(/^\uFEFF/, "")) };
  } catch {
    return undefined;
  }
}

function decode(content, charset) {
  if (typeof content === "string" && charset === undefined) {
    return content;
  }

  const bytes = encode(content);
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

// A copy, as what arrives always is.
function encode(content) {
  return typeof content === "string" ? new TextEncoder().encode(content) : bytesOf(content).slice();
}
