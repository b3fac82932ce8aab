// mik:inspect — shows any value as text, for the console and for error messages.

const MaxDepth = 4;
const MaxEntries = 100;

export function inspect(value) {
  try {
    return show(value, 0, new Set());
  } catch {
    return "[value that cannot be shown]";
  }
}

function show(value, depth, parents) {
  switch (typeof value) {
    case "string":
      return depth === 0 ? value : JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "function":
      return value.name ? `[Function: ${value.name}]` : "[Function]";
    case "object":
      return value === null ? "null" : showObject(value, depth, parents);
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}

function showObject(value, depth, parents) {
  if (parents.has(value)) {
    return "[Circular]";
  }

  if (value instanceof Error) {
    return showError(value, depth, parents);
  }

  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  }

  if (value instanceof RegExp) {
    return String(value);
  }

  if (depth >= MaxDepth) {
    return Array.isArray(value) ? "[Array]" : "[Object]";
  }

  parents.add(value);
  try {
    return showEntries(value, depth + 1, parents);
  } finally {
    parents.delete(value);
  }
}

function showError(error, depth, parents) {
  const stack = typeof error.stack === "string" ? error.stack.trimEnd() : "";
  let text = stack === "" ? String(error) : `${error}\n${stack}`;
  if (error.cause !== undefined && depth < MaxDepth) {
    parents.add(error);
    text += `\n  [cause]: ${show(error.cause, depth + 1, parents)}`;
    parents.delete(error);
  }

  return text;
}

function showEntries(value, depth, parents) {
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) {
    const name = Array.isArray(value) ? "" : `${value.constructor?.name}(${value.length}) `;
    const shown = Array.from({ length: Math.min(value.length, MaxEntries) }, (_, i) => show(value[i], depth, parents));
    return name + list("[", shown, value.length, "]");
  }

  if (value instanceof Map) {
    const entries = [...value].slice(0, MaxEntries).map(([k, v]) => `${show(k, depth, parents)} => ${show(v, depth, parents)}`);
    return `Map(${value.size}) ` + list("{", entries, value.size, "}");
  }

  if (value instanceof Set) {
    return `Set(${value.size}) ` + list("{", [...value].slice(0, MaxEntries).map(v => show(v, depth, parents)), value.size, "}");
  }

  const keys = Object.keys(value);
  const entries = keys.slice(0, MaxEntries).map(key =>
    `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${show(value[key], depth, parents)}`);
  const name = value.constructor?.name;
  return (name && name !== "Object" ? `${name} ` : "") + list("{", entries, keys.length, "}");
}

function list(open, entries, count, close) {
  if (count > entries.length) {
    entries.push(`… ${count - entries.length} more`);
  }

  const line = entries.join(", ");
  return entries.length === 0 ? open + close : open === "[" ? `[${line}]` : `${open} ${line} ${close}`;
}
