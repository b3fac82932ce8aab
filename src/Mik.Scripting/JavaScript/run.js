// mik:run — whether a request is being answered. A script's modules run once, before any request, and what they leave behind is
// shared by copy with every request; so whatever must differ between requests refuses to work before one has begun.

let isRunning = false;

export function beginRun() {
  isRunning = true;
}

export function requireRun(name) {
  if (!isRunning) {
    throw new Error(`${name} is not available while modules load: it belongs inside the script's function`);
  }
}
