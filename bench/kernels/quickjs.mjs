// QuickJS on V8, hosted as Mik.Scripting's QuickJsVm and QuickJsImports host it on mik's engine; its short names are explained there.
// It is the binary that mik embeds, changed as src/Mik.Scripting/build does it.

const InitialPages = 256, MaxPages = 32_768, PageBytes = 65_536, GrowthPages = 16;
const StackBytes = 4 * 1024 * 1024;
const EvaluateAsModule = 1;
const ExceptionTag = 6;
const AddFunction = 0;

const named = exports => ({
  runConstructors: exports.v, allocate: exports.w, free: exports.N, newRuntime: exports.L, newContext: exports.O,
  setMaxStackSize: exports.E, enableModuleLoader: exports.Ia, evaluate: exports.qa, call: exports.na, newFunction: exports.Ea,
  getUndefined: exports.F, getGlobal: exports.va, newObject: exports.V, setProperty: exports.ka, duplicate: exports.U, freeValue: exports.Q,
  newNumber: exports.Z, getNumber: exports._, newString: exports.$, getText: exports.aa, freeText: exports.T,
  resolveException: exports.oa, dump: exports.pa,
});

/** The functions that a script hands to `kernels.add(name, function)`, each taking and returning a number. */
export function loadKernels(binary, source) {
  const memory = new WebAssembly.Memory({ initial: InitialPages, maximum: MaxPages });
  const bytes = () => Buffer.from(memory.buffer);
  const view = () => new DataView(memory.buffer);
  const kernels = new Map();
  let quickJs, context;

  const textAt = address => bytes().toString('utf8', address, bytes().indexOf(0, address));
  const refuse = what => { throw new Error(`QuickJS gave up: ${what}`); };

  function allocateText(text) {
    const address = quickJs.allocate(Buffer.byteLength(text) + 1);
    const length = bytes().write(text, address);
    bytes()[address + length] = 0;
    return address;
  }

  function checked(value) {
    return view().getInt32(value + 4, true) === ExceptionTag ? refuse(textAt(quickJs.dump(context, quickJs.resolveException(context, value)))) : value;
  }

  function withText(text, use) {
    const address = allocateText(text);
    const result = use(address);
    quickJs.free(address);
    return result;
  }

  function callHost(_context, _receiver, _count, values, number) {
    if (number !== AddFunction) {
      refuse(`host function ${number}`);
    }
    const name = quickJs.getText(context, values);
    const kernel = quickJs.duplicate(context, values + 8);
    kernels.set(textAt(name), times => callWithNumber(kernel, times));
    quickJs.freeText(context, name);
    return 0;
  }

  function callWithNumber(kernel, number) {
    const argument = quickJs.newNumber(context, number);
    view().setUint32(scratch, argument, true);
    const value = checked(quickJs.call(context, kernel, receiver, 1, scratch));
    const result = quickJs.getNumber(context, value);
    quickJs.freeValue(context, value);
    quickJs.freeValue(context, argument);
    return result;
  }

  function resizeHeap(wanted) {
    const missing = Math.ceil(((wanted >>> 0) - memory.buffer.byteLength) / PageBytes);
    memory.grow(Math.max(missing, GrowthPages));
    return 1;
  }

  quickJs = named(new WebAssembly.Instance(new WebAssembly.Module(binary), {
    a: {
      a: memory,
      b: message => refuse(textAt(message)),
      c: () => 52, d: () => 52, e: () => 0, i: () => 0, j: () => 0, o: () => 70, l: () => {}, u: () => {},
      f: (count, size) => { view().setUint32(count, 0, true); view().setUint32(size, 0, true); return 0; },
      g: () => refuse('an import'), h: () => refuse('an import'),
      k: resizeHeap,
      m: () => refuse('local time'),
      n: (offset, hasSummerTime) => { view().setUint32(offset, 0, true); view().setUint32(hasSummerTime, 0, true); },
      p: () => 0,
      q: (_clock, _precision, nanoseconds) => { view().setBigInt64(nanoseconds, 0n, true); return 0; },
      r: () => refuse('abort'), s: () => refuse('exit'),
      t: callHost,
    },
  }).exports);

  quickJs.runConstructors();
  const runtime = quickJs.newRuntime();
  quickJs.setMaxStackSize(runtime, StackBytes);
  quickJs.enableModuleLoader(runtime, 1);
  context = quickJs.newContext(runtime, 0);
  const receiver = quickJs.getUndefined();
  const scratch = quickJs.allocate(16);

  const define = (target, name, value) => {
    const key = withText(name, address => quickJs.newString(context, address));
    quickJs.setProperty(context, target, key, value);
    quickJs.freeValue(context, key);
    quickJs.freeValue(context, value);
  };
  const global = quickJs.getGlobal(context);
  const table = quickJs.newObject(context);
  define(table, 'add', withText('add', address => quickJs.newFunction(context, address, 0, 0, AddFunction)));
  define(global, 'kernels', table);
  quickJs.freeValue(context, global);

  const code = allocateText(source);
  const name = allocateText('scripts.js');
  checked(quickJs.evaluate(context, code, Buffer.byteLength(source), name, 0, EvaluateAsModule));
  return kernels;
}
