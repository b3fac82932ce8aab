// The npm build of QuickJS offers no way to hear of promises that are rejected with nobody listening: the engine has a hook for it, a
// function pointer in its runtime, but no function that could be put there. This adds one:
//
//   (context i32, promise i64, reason i64, isHandled i32, place i32): writes promise and reason to place and place + 8, then calls the
//   host as if a script had called host function 65536 with isHandled + 1 as the number of arguments and place as their address
//
// It becomes the last function and the last element of the table, so that no index changes. QuickJsVm.TrackRejections sets the pointer.

const TypeSection = 1, ImportSection = 2, FunctionSection = 3, TableSection = 4, ElementSection = 9, CodeSection = 10;
const FunctionImport = 0, MemoryImport = 2;
const TrackerType = "60057f7e7e7f7f00"; // (i32, i64, i64, i32, i32) → ()

export function addRejectionTracker(binary) {
  const sections = readSections(binary);
  const find = id => sections.find(section => section.id === id);
  const type = typesOf(find(TypeSection)).indexOf(TrackerType);
  const callHost = functionImportsOf(find(ImportSection)).indexOf("t");
  const [defined] = readUnsigned(find(FunctionSection).content, 0);
  const functionIndex = functionImportsOf(find(ImportSection)).length + defined;
  if (type < 0 || callHost < 0) {
    throw new Error("QuickJS is not built as it was: it lacks the type or the import that the rejection tracker needs");
  }

  append(find(FunctionSection), unsigned(type));
  growTable(find(TableSection));
  appendElement(find(ElementSection), functionIndex);
  append(find(CodeSection), sized(trackerBody(callHost)));
  return Buffer.concat([binary.subarray(0, 8), ...sections.flatMap(({ id, content }) => [Buffer.from([id]), sized(content)])]);
}

function trackerBody(callHost) {
  const [get, constant, add, store64, call, drop, end] = [0x20, 0x41, 0x6A, 0x37, 0x10, 0x1A, 0x0B];
  return Buffer.from([
    0, // no locals
    get, 4, get, 1, store64, 3, 0,
    get, 4, get, 2, store64, 3, 8,
    get, 0, constant, 0, get, 3, constant, 1, add, get, 4, constant, 0x80, 0x80, 0x04, call, ...unsigned(callHost), drop,
    end,
  ]);
}

function readSections(binary) {
  const sections = [];
  for (let at = 8; at < binary.length;) {
    const [length, start] = readUnsigned(binary, at + 1);
    sections.push({ id: binary[at], content: binary.subarray(start, start + length) });
    at = start + length;
  }

  return sections;
}

function typesOf({ content }) {
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
function functionImportsOf({ content }) {
  let [count, at] = readUnsigned(content, 0);
  const names = [];
  while (count-- > 0) {
    const [moduleLength, module] = readUnsigned(content, at);
    const [nameLength, name] = readUnsigned(content, module + moduleLength);
    const kind = content[name + nameLength];
    at = name + nameLength + 1;
    if (kind === FunctionImport) {
      names.push(content.toString("utf8", name, name + nameLength));
      [, at] = readUnsigned(content, at);
    } else if (kind === MemoryImport) {
      at = skipLimits(content, at);
    } else {
      throw new Error(`QuickJS is not built as it was: it imports something of kind ${kind}`);
    }
  }

  return names;
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

function sized(content) {
  return Buffer.concat([unsigned(content.length), content]);
}

function unsigned(value) {
  const bytes = [];
  do {
    bytes.push((value & 0x7F) | (value > 0x7F ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);

  return Buffer.from(bytes);
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
