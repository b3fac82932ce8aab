// Reads a WebAssembly module, changes and adds functions, and writes it. Whatever it is not asked to change stays byte for byte.
// Spec: https://webassembly.github.io/spec/core/binary/modules.html

import { createHash } from "node:crypto";

const TypeSection = 1, ImportSection = 2, FunctionSection = 3, TableSection = 4, GlobalSection = 6, ExportSection = 7, ElementSection = 9, CodeSection = 10;
const FunctionKind = 0, MemoryKind = 2;
const HeaderBytes = 8;

export class WebAssemblyModule {
  constructor(binary) {
    this.header = binary.subarray(0, HeaderBytes);
    this.sections = readSections(binary);
    this.imports = functionImportsOf(this.#content(ImportSection));
    this.bodies = bodiesOf(this.#content(CodeSection));
  }

  /** The index of the function that is imported under that name. */
  imported(name) {
    return found(this.imports.indexOf(name), `an import named ${name}`);
  }

  /** The index of the function that is exported under that name. */
  exported(name) {
    return found(functionExportsOf(this.#content(ExportSection)).get(name) ?? -1, `an export named ${name}`);
  }

  /** The index of a function type, given as it is encoded, in hexadecimal digits. */
  type(encoded) {
    return found(typesOf(this.#content(TypeSection)).indexOf(encoded), `the function type ${encoded}`);
  }

  /** What a function is made of now, in short. */
  fingerprint(index) {
    return createHash("sha256").update(this.bodies[index - this.imports.length]).digest("hex").slice(0, 16);
  }

  /** Gives a function another body, under the same index. */
  replaceFunction(index, body) {
    this.bodies[index - this.imports.length] = body;
  }

  /** Appends a function like another one; returns its index. */
  copyFunction(index) {
    return this.addFunction(this.#typeOf(index), this.bodies[index - this.imports.length]);
  }

  /** Appends a function; returns its index. */
  addFunction(type, body) {
    append(this.#section(FunctionSection), unsigned(type));
    this.bodies.push(body);
    return this.imports.length + this.bodies.length - 1;
  }

  /** Appends a global of type i32 that starts as 0; returns its index. */
  addGlobal() {
    const section = this.#section(GlobalSection);
    append(section, Buffer.from([0x7F, 1, 0x41, 0, 0x0B]));
    return readUnsigned(section.content, 0)[0] - 1;
  }

  /** Appends a function to the table. */
  addElement(functionIndex) {
    growTable(this.#section(TableSection));
    appendElement(this.#section(ElementSection), functionIndex);
  }

  toBinary() {
    this.#section(CodeSection).content = Buffer.concat([unsigned(this.bodies.length), ...this.bodies.map(sized)]);
    return Buffer.concat([this.header, ...this.sections.flatMap(({ id, content }) => [Buffer.from([id]), sized(content)])]);
  }

  #typeOf(index) {
    const content = this.#content(FunctionSection);
    let [, at] = readUnsigned(content, 0);
    let type;
    for (let i = this.imports.length; i <= index; i++) {
      [type, at] = readUnsigned(content, at);
    }

    return type;
  }

  #section(id) {
    return this.sections.find(section => section.id === id);
  }

  #content(id) {
    return this.#section(id).content;
  }
}

export function unsigned(value) {
  const bytes = [];
  do {
    bytes.push((value & 0x7F) | (value > 0x7F ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);

  return Buffer.from(bytes);
}

export function signed(value) {
  const bytes = [];
  for (;;) {
    const byte = value & 0x7F;
    value >>= 7;
    if (value === (byte & 0x40 ? -1 : 0)) {
      return Buffer.from([...bytes, byte]);
    }

    bytes.push(byte | 0x80);
  }
}

// The number at that place, and where it ends.
function readUnsigned(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7F) * 2 ** shift;
    if (byte < 0x80) {
      return [value, at];
    }
  }
}

function sized(content) {
  return Buffer.concat([unsigned(content.length), content]);
}

function found(index, what) {
  if (index < 0) {
    throw new Error(`QuickJS is not built as it was: it lacks ${what}`);
  }

  return index;
}

function readSections(binary) {
  const sections = [];
  for (let at = HeaderBytes; at < binary.length;) {
    const [length, start] = readUnsigned(binary, at + 1);
    sections.push({ id: binary[at], content: binary.subarray(start, start + length) });
    at = start + length;
  }

  return sections;
}

function typesOf(content) {
  let [count, at] = readUnsigned(content, 0);
  const types = [];
  while (count-- > 0) {
    const start = at;
    for (let part = 0, next = at + 1; part < 2; part++) {
      const [length, first] = readUnsigned(content, next);
      at = next = first + length;
    }

    types.push(content.toString("hex", start, at));
  }

  return types;
}

// The names of imported functions, in order.
function functionImportsOf(content) {
  let [count, at] = readUnsigned(content, 0);
  const names = [];
  while (count-- > 0) {
    let name;
    [, at] = readName(content, at);
    [name, at] = readName(content, at);
    const kind = content[at++];
    if (kind === FunctionKind) {
      names.push(name);
      [, at] = readUnsigned(content, at);
    } else if (kind === MemoryKind) {
      at = skipLimits(content, at);
    } else {
      throw new Error(`QuickJS is not built as it was: it imports something of kind ${kind}`);
    }
  }

  return names;
}

function functionExportsOf(content) {
  let [count, at] = readUnsigned(content, 0);
  const functions = new Map();
  while (count-- > 0) {
    let name, index;
    [name, at] = readName(content, at);
    const kind = content[at];
    [index, at] = readUnsigned(content, at + 1);
    if (kind === FunctionKind) {
      functions.set(name, index);
    }
  }

  return functions;
}

function bodiesOf(content) {
  let [count, at] = readUnsigned(content, 0);
  const bodies = [];
  while (count-- > 0) {
    const [length, start] = readUnsigned(content, at);
    at = start + length;
    bodies.push(content.subarray(start, at));
  }

  return bodies;
}

function readName(content, at) {
  const [length, start] = readUnsigned(content, at);
  return [content.toString("utf8", start, start + length), start + length];
}

function skipLimits(content, at) {
  const hasMaximum = content[at] & 1;
  [, at] = readUnsigned(content, at + 1);
  return hasMaximum ? readUnsigned(content, at)[1] : at;
}

// Count, then entries.
function append(section, entry) {
  const [count, start] = readUnsigned(section.content, 0);
  section.content = Buffer.concat([unsigned(count + 1), section.content.subarray(start), entry]);
}

// One table: count, type, limits.
function growTable(section) {
  const { content } = section;
  const [minimum] = readUnsigned(content, 3);
  const limits = content[2] === 0 ? [unsigned(minimum + 1)] : [unsigned(minimum + 1), unsigned(minimum + 1)];
  section.content = Buffer.concat([content.subarray(0, 3), ...limits]);
}

// One segment of kind 0: count, kind, i32.const offset, end, then the functions; the last one fills the table.
function appendElement(section, functionIndex) {
  const start = section.content.indexOf(0x0B) + 1;
  const [count, first] = readUnsigned(section.content, start);
  section.content = Buffer.concat([
    section.content.subarray(0, start), unsigned(count + 1), section.content.subarray(first), unsigned(functionIndex),
  ]);
}
