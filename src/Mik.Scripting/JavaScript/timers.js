// mik:timers — setTimeout and clearTimeout. The queue lives here, inside the script's memory limit; the runtime only knows when to
// wake the script next.

import * as host from "mik:host";
import { requireRun } from "mik:run";

const queue = []; // sorted by due time, then by age
let lastId = 0;

function announce() {
  host.wakeAt(queue.length > 0 ? queue[0].due : -1);
}

function setTimeout(callback, delay = 0, ...args) {
  requireRun("setTimeout");
  if (typeof callback !== "function") {
    throw new TypeError("setTimeout takes a function");
  }

  const timer = { id: ++lastId, due: host.now() + Math.max(Number(delay) || 0, 0), callback, args };
  let at = queue.length;
  while (at > 0 && queue[at - 1].due > timer.due) {
    at--;
  }

  queue.splice(at, 0, timer);
  if (at === 0) {
    announce();
  }

  return timer.id;
}

function clearTimeout(id) {
  const at = queue.findIndex(timer => timer.id === id);
  if (at >= 0) {
    queue.splice(at, 1);
    if (at === 0) {
      announce();
    }
  }
}

// Runs the first timer that is due; the runtime runs the jobs that follow from it, then calls again.
export function fire() {
  if (queue.length > 0 && queue[0].due <= host.now()) {
    const { callback, args } = queue.shift();
    announce();
    callback(...args);
  } else {
    announce();
  }
}

export const globals = { setTimeout, clearTimeout };
