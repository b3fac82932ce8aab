// mik:abort — Event, EventTarget, AbortController and AbortSignal.

class Event {
  #type;
  #init;
  #prevented = false;
  target = null;
  currentTarget = null;
  timeStamp = performance.now();

  constructor(type, init = {}) {
    this.#type = String(type);
    this.#init = init;
  }

  get type() {
    return this.#type;
  }

  get bubbles() {
    return Boolean(this.#init.bubbles);
  }

  get cancelable() {
    return Boolean(this.#init.cancelable);
  }

  get defaultPrevented() {
    return this.#prevented;
  }

  preventDefault() {
    this.#prevented ||= this.cancelable;
  }
}

class EventTarget {
  #listeners = [];

  addEventListener(type, callback, options) {
    const { once = false, signal } = typeof options === "object" && options !== null ? options : {};
    if (callback && !signal?.aborted && !this.#listeners.some(l => l.type === type && l.callback === callback)) {
      this.#listeners.push({ type, callback, once });
      signal?.addEventListener("abort", () => this.removeEventListener(type, callback), { once: true });
    }
  }

  removeEventListener(type, callback) {
    this.#listeners = this.#listeners.filter(l => l.type !== type || l.callback !== callback);
  }

  dispatchEvent(event) {
    event.target = event.currentTarget = this;
    for (const listener of this.#listeners.filter(l => l.type === event.type)) {
      if (listener.once) {
        this.removeEventListener(listener.type, listener.callback);
      }

      if (typeof listener.callback === "function") {
        listener.callback.call(this, event);
      } else {
        listener.callback.handleEvent(event);
      }
    }

    event.currentTarget = null;
    return !event.defaultPrevented;
  }
}

// Only this module makes signals and aborts them.
const secret = Symbol("mik:abort");

class AbortSignal extends EventTarget {
  #aborted = false;
  #reason;
  onabort = null;

  constructor(key) {
    if (key !== secret) {
      throw new TypeError("AbortSignal is made by AbortController, AbortSignal.abort, AbortSignal.timeout or AbortSignal.any");
    }

    super();
  }

  get aborted() {
    return this.#aborted;
  }

  get reason() {
    return this.#reason;
  }

  throwIfAborted() {
    if (this.#aborted) {
      throw this.#reason;
    }
  }

  [secret](reason = new DOMException("The operation was aborted", "AbortError")) {
    if (this.#aborted) {
      return;
    }

    this.#aborted = true;
    this.#reason = reason;
    const event = new Event("abort");
    this.onabort?.call(this, event);
    this.dispatchEvent(event);
  }

  static abort(reason) {
    const signal = new AbortSignal(secret);
    signal[secret](reason);
    return signal;
  }

  static timeout(milliseconds) {
    const signal = new AbortSignal(secret);
    setTimeout(() => signal[secret](new DOMException("The operation timed out", "TimeoutError")), milliseconds);
    return signal;
  }

  static any(signals) {
    const result = new AbortSignal(secret);
    for (const signal of signals) {
      if (signal.aborted) {
        result[secret](signal.reason);
        break;
      }

      signal.addEventListener("abort", () => result[secret](signal.reason), { once: true });
    }

    return result;
  }
}

class AbortController {
  #signal = new AbortSignal(secret);

  get signal() {
    return this.#signal;
  }

  abort(reason) {
    this.#signal[secret](reason);
  }
}

export const globals = { Event, EventTarget, AbortController, AbortSignal };
