// A clock that moves only when a test moves it: timers, Date and performance.now.

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  Date: globalThis.Date,
  now: globalThis.performance?.now,
};

// A timer that sets itself again for ever would keep runAllTimers from ending.
const MaxTimers = 10_000;

let isFake = false;
let startedAt = 0;
let now = 0;
let lastId = 0;
let timers = []; // sorted by due time, then by age

function add(callback, delay, args, interval) {
  if (typeof callback !== "function") {
    throw new TypeError("A timer takes a function");
  }

  const timer = { id: ++lastId, due: now + Math.max(Number(delay) || 0, 0), callback, args, interval };
  insert(timer);
  return timer.id;
}

function insert(timer) {
  const after = timers.findIndex(other => other.due > timer.due);
  timers.splice(after < 0 ? timers.length : after, 0, timer);
}

function remove(id) {
  timers = timers.filter(timer => timer.id !== id);
}

class FakeDate extends real.Date {
  constructor(...args) {
    super(...(args.length === 0 ? [now] : args));
  }

  static now() {
    return now;
  }
}

// `Date()` without `new` is a string; a class could not be called.
const CallableDate = new Proxy(FakeDate, { apply: () => new FakeDate().toString() });

function install(name, value) {
  if (globalThis[name] !== undefined) {
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }
}

export function isFakeTimers() {
  return isFake;
}

// Takes the clock over. `now` is where it stands: milliseconds since 1970 or a Date; the real time unless told otherwise.
export function useFakeTimers({ now: start = real.Date.now() } = {}) {
  timers = [];
  startedAt = now = Number(start);
  if (!isFake) {
    isFake = true;
    install("setTimeout", (callback, delay, ...args) => add(callback, delay, args));
    install("clearTimeout", remove);
    install("setInterval", (callback, delay, ...args) => add(callback, delay, args, Math.max(Number(delay) || 0, 1)));
    install("clearInterval", remove);
    install("Date", CallableDate);
    globalThis.performance.now = () => now - startedAt;
  }
}

// Gives the clock back. Fake timers that have not fired never will.
export function useRealTimers() {
  if (isFake) {
    isFake = false;
    timers = [];
    for (const name of ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"]) {
      install(name, real[name]);
    }

    globalThis.performance.now = real.now;
  }
}

export function setSystemTime(time) {
  requireFake();
  const shift = Number(new real.Date(time)) - now;
  now += shift;
  startedAt += shift;
  timers.forEach(timer => { timer.due += shift; });
}

export function getMockedSystemTime() {
  return isFake ? new real.Date(now) : null;
}

export function getRealSystemTime() {
  return real.Date.now();
}

export function getTimerCount() {
  requireFake();
  return timers.length;
}

export function clearAllTimers() {
  requireFake();
  timers = [];
}

function requireFake() {
  if (!isFake) {
    throw new Error("The clock is real: call useFakeTimers() first");
  }
}

function fireNext() {
  const timer = timers.shift();
  now = Math.max(now, timer.due);
  if (timer.interval !== undefined) {
    insert({ ...timer, due: now + timer.interval });
  }

  timer.callback(...timer.args);
}

// Waits until everything that promises have started has run as far as it can.
function flush() {
  return new Promise(resolve => real.setTimeout(resolve, 0));
}

// What to do next: whether a timer is to fire, given how many already have.
const until = limit => () => timers.length > 0 && timers[0].due <= limit;
const all = fired => {
  if (fired >= MaxTimers) {
    throw new Error(`${MaxTimers} timers have fired and there are more: they seem to set each other for ever`);
  }

  return timers.length > 0;
};

// Up to the last timer there is now.
const pending = () => until(timers.at(-1)?.due ?? now);

function run(goesOn) {
  requireFake();
  for (let fired = 0; goesOn(fired); fired++) {
    fireNext();
  }
}

async function runAsync(makeGoesOn) {
  requireFake();
  await flush();
  const goesOn = makeGoesOn();
  for (let fired = 0; goesOn(fired); fired++) {
    fireNext();
    await flush();
  }
}

export function advanceTimersByTime(milliseconds) {
  const end = now + milliseconds;
  run(until(end));
  now = end;
}

export async function advanceTimersByTimeAsync(milliseconds) {
  const end = now + milliseconds;
  await runAsync(() => until(end));
  now = end;
}

export function advanceTimersToNextTimer() {
  run(fired => fired === 0 && timers.length > 0);
}

export function advanceTimersToNextTimerAsync() {
  return runAsync(() => fired => fired === 0 && timers.length > 0);
}

export function runAllTimers() {
  run(all);
}

export function runAllTimersAsync() {
  return runAsync(() => all);
}

export function runOnlyPendingTimers() {
  run(pending());
}

export function runOnlyPendingTimersAsync() {
  return runAsync(pending);
}
