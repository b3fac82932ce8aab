// mik:console — console, which goes to the runtime's log line by line.

import * as host from "mik:host";
import { inspect } from "mik:inspect";

const Debug = 0;
const Information = 1;
const Warning = 2;
const Error = 3;

const counts = new Map();
const timers = new Map();
let indent = "";

function format(args) {
  if (typeof args[0] !== "string" || !args[0].includes("%")) {
    return args.map(inspect).join(" ");
  }

  let used = 1;
  const text = args[0].replace(/%[sdifoOjc%]/g, directive => {
    if (directive === "%%") {
      return "%";
    }

    if (used >= args.length) {
      return directive;
    }

    const value = args[used++];
    switch (directive) {
      case "%s": return inspect(value);
      case "%d": return String(Number(value));
      case "%i": return String(Math.trunc(Number(value)));
      case "%f": return String(parseFloat(value));
      case "%j": return JSON.stringify(value);
      case "%c": return "";
      default: return inspect(value);
    }
  });
  return [text, ...args.slice(used).map(inspect)].join(" ");
}

function write(level, args) {
  // U+0000 would end the message on its way out.
  const text = format(args).toWellFormed().replaceAll("\0", "\\0");
  host.log(level, indent === "" ? text : text.replace(/^/gm, indent));
}

const console = {
  debug: (...args) => write(Debug, args),
  trace: (...args) => write(Debug, [...args, "\n" + new globalThis.Error().stack.trimEnd()]),
  log: (...args) => write(Information, args),
  info: (...args) => write(Information, args),
  dir: value => write(Information, [value]),
  table: value => write(Information, [value]),
  warn: (...args) => write(Warning, args),
  error: (...args) => write(Error, args),
  assert: (condition, ...args) => condition || write(Error, ["Assertion failed" + (args.length > 0 ? ":" : ""), ...args]),

  group: (...args) => {
    if (args.length > 0) {
      write(Information, args);
    }

    indent += "  ";
  },
  groupEnd: () => {
    indent = indent.slice(2);
  },

  count: (label = "default") => {
    counts.set(label, (counts.get(label) ?? 0) + 1);
    write(Information, [`${label}: ${counts.get(label)}`]);
  },
  countReset: (label = "default") => void counts.delete(label),

  time: (label = "default") => void timers.set(label, performance.now()),
  timeLog: (label = "default", ...args) => write(Information, [`${label}: ${elapsed(label)}`, ...args]),
  timeEnd: (label = "default") => {
    write(Information, [`${label}: ${elapsed(label)}`]);
    timers.delete(label);
  },
};

function elapsed(label) {
  return timers.has(label) ? `${(performance.now() - timers.get(label)).toFixed(3)} ms` : "not started";
}

export const globals = { console };
