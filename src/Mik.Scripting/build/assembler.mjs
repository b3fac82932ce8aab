// As much of the WebAssembly text format as the functions need that are added to QuickJS: instructions one after the other, names for locals,
// globals and functions, comments. Locals beyond the parameters are of type i32.
// Spec: https://webassembly.github.io/spec/core/text/instructions.html

import { signed, unsigned } from "./webassembly.mjs";

const Plain = {
  "if": [0x04, 0x40], "end": [0x0B], "return": [0x0F], "drop": [0x1A],
  "i32.eqz": [0x45], "i32.gt_u": [0x4B], "i32.le_u": [0x4D], "i32.ge_u": [0x4F],
  "i32.add": [0x6A], "i32.sub": [0x6B], "i32.and": [0x71], "i32.or": [0x72], "i32.shr_u": [0x76],
  "memory.copy": [0xFC, 10, 0, 0], "memory.fill": [0xFC, 11, 0],
};
const Local = { "local.get": 0x20, "local.set": 0x21, "local.tee": 0x22 };
const Global = { "global.get": 0x23, "global.set": 0x24 };
const Access = { "i32.load": [0x28, 2], "i32.store": [0x36, 2], "i64.store": [0x37, 3] };

/**
 * Encodes a function's body.
 * @param {{ parameters: string[], locals?: string[], functions?: Record<string, number>, globals?: Record<string, number> }} names
 * @param {string} text
 */
export function assemble({ parameters, locals = [], functions = {}, globals = {} }, text) {
  const variables = Object.fromEntries([...parameters, ...locals].map((name, index) => [name, index]));
  const declared = locals.length > 0 ? [1, ...unsigned(locals.length), 0x7F] : [0];
  const instructions = text.replace(/;;.*/g, "").split("\n").map(line => line.trim().split(/\s+/)).filter(([name]) => name);
  return Buffer.from([...declared, ...instructions.flatMap(encode), 0x0B]);

  function encode([name, operand]) {
    if (name in Plain) {
      return Plain[name];
    }

    if (name in Local) {
      return [Local[name], ...indexIn(variables, operand)];
    }

    if (name in Global) {
      return [Global[name], ...indexIn(globals, operand)];
    }

    if (name in Access) {
      return [...Access[name], ...unsigned(Number(operand?.replace("offset=", "") ?? 0))];
    }

    if (name === "i32.const") {
      return [0x41, ...signed(Number(operand))];
    }

    if (name === "call") {
      return [0x10, ...indexIn(functions, operand)];
    }

    throw new Error(`${name} is not an instruction that is known here`);
  }
}

function indexIn(names, operand) {
  const index = names[operand?.slice(1)];
  if (index === undefined) {
    throw new Error(`nothing is named ${operand} here`);
  }

  return unsigned(index);
}
