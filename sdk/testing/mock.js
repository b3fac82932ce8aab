// fn and spyOn: functions that remember how they were called.

const mocks = new Set();
let callOrder = 0;

export function isMockFunction(value) {
  return typeof value === "function" && value._isMockFunction === true;
}

// A function that remembers its calls, and does what it is told to.
export function fn(implementation) {
  let name = "";
  let standing = implementation;
  let once = [];

  const mock = function (...args) {
    const { state } = mock;
    state.calls.push(args);
    state.contexts.push(this);
    state.instances.push(new.target ? this : undefined);
    state.invocationCallOrder.push(++callOrder);
    state.lastCall = args;
    const result = { type: "incomplete", value: undefined };
    state.results.push(result);
    const settled = { type: "incomplete", value: undefined };
    state.settledResults.push(settled);
    const run = once.length > 0 ? once.shift() : standing;
    try {
      result.value = new.target && run ? Reflect.construct(run, args, new.target) : run?.apply(this, args);
      result.type = "return";
    } catch (problem) {
      result.type = "throw";
      result.value = problem;
      throw problem;
    }

    if (result.value instanceof Promise) {
      const settle = type => value => Object.assign(settled, { type, value });
      result.value.then(settle("fulfilled"), settle("rejected"));
    }

    return result.value;
  };

  const chain = change => (...args) => {
    change(...args);
    return mock;
  };
  const clear = () => {
    mock.state = { calls: [], contexts: [], instances: [], invocationCallOrder: [], results: [], settledResults: [], lastCall: undefined };
  };
  const reset = () => {
    clear();
    once = [];
    standing = implementation;
  };

  // Apart from the function's own properties, so that clearing replaces what `mock.mock` shows and never what was taken from it.
  Object.defineProperty(mock, "state", { value: undefined, writable: true, enumerable: false });
  clear();
  Object.defineProperties(mock, {
    _isMockFunction: { value: true },
    mock: { get: () => mock.state },
    getMockName: { value: () => name || "fn()" },
    getMockImplementation: { value: () => once[0] ?? standing },
    mockName: { value: chain(text => { name = String(text); }) },
    mockClear: { value: chain(clear) },
    mockReset: { value: chain(reset) },
    mockRestore: { value: chain(reset), configurable: true },
    mockImplementation: { value: chain(change => { standing = change; }) },
    mockImplementationOnce: { value: chain(change => once.push(change)) },
    mockReturnThis: { value: chain(() => { standing = function () { return this; }; }) },
    mockReturnValue: { value: chain(value => { standing = () => value; }) },
    mockReturnValueOnce: { value: chain(value => once.push(() => value)) },
    mockResolvedValue: { value: chain(value => { standing = async () => value; }) },
    mockResolvedValueOnce: { value: chain(value => once.push(async () => value)) },
    mockRejectedValue: { value: chain(problem => { standing = async () => { throw problem; }; }) },
    mockRejectedValueOnce: { value: chain(problem => once.push(async () => { throw problem; })) },
  });
  mocks.add(mock);
  return mock;
}

// Replaces a method with a mock that calls it, until mockRestore.
export function spyOn(object, method) {
  if (isMockFunction(object[method])) {
    return object[method];
  }

  const original = object[method];
  if (typeof original !== "function") {
    throw new TypeError(`spyOn: ${String(method)} is not a method of the object`);
  }

  const own = Object.getOwnPropertyDescriptor(object, method);
  const mock = fn(original).mockName(String(method));
  const { mockRestore } = mock;
  Object.defineProperty(mock, "mockRestore", {
    value() {
      if (own) {
        Object.defineProperty(object, method, own);
      } else {
        delete object[method];
      }

      return mockRestore();
    },
  });
  Object.defineProperty(object, method, { value: mock, writable: true, configurable: true, enumerable: own?.enumerable ?? true });
  return mock;
}

export function clearAllMocks() {
  mocks.forEach(mock => mock.mockClear());
}

export function resetAllMocks() {
  mocks.forEach(mock => mock.mockReset());
}

export function restoreAllMocks() {
  mocks.forEach(mock => mock.mockRestore());
}
