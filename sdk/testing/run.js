// Runs what suite.js collected, test by test, and tells a watcher about every step.
//
// The watcher is an object of functions:
//   plan(tests)              the tests that will be run or skipped, in order: [{ name, groups, mode, site }]
//   enter(first, last, name) the hook beforeAll of the group with these tests is about to run
//   start(index)             a test is about to run
//   end(index, state, errors)  it has: "pass", "fail" or "skip"
//   broken(name, errors)     a hook afterAll failed
//   begin(milliseconds)      code that may take this long starts; when time is up the watcher calls giveUp()
//   settle()                 → promise: fulfilled when everything that promises have started has run
//
// A watcher that has to stop the whole engine in the middle of a test can go on with the next one in a new engine: `from` is the
// first test to run.

import { beginAssertions, endAssertions } from "./expect.js";
import { describeError } from "./errors.js";
import { endCollecting, notes, root } from "./suite.js";

const DefaultTimeout = 5000;

let watcher;
let giveUpCurrent;
let uncaught; // errors of the test or hook under way that nobody caught

// What is running takes too long, or waits in vain.
export function giveUp(message) {
  giveUpCurrent?.(new Error(message));
}

// Something was thrown, or a promise rejected, where nobody could catch it. Returns whether a test is there to blame.
export function reportUncaught(problem) {
  uncaught?.push(describeError(problem));
  return uncaught !== undefined;
}

export async function run(options, watching) {
  watcher = watching;
  endCollecting();
  const { from = 0, timeout = DefaultTimeout, pattern, bail = false } = options;
  const tests = [];
  plan(root, { isSkipped: false, isOnly: false }, tests, pattern);
  watcher.plan(tests.map(({ test, mode }) => ({
    name: test.name.toWellFormed(),
    groups: groupsOf(test).map(group => group.name.toWellFormed()),
    mode,
    site: test.site,
  })));
  await runGroup(root, { tests, from, timeout, bail, hasFailed: false });
}

// The tests of a group that the run is about. Skipped ones are among them, those that a pattern leaves out are not.
function plan(group, inherited, tests, pattern) {
  group.first = tests.length;
  const isSkipped = inherited.isSkipped || group.mode === "skip" || group.mode === "todo";
  const isOnly = inherited.isOnly || (group.isOnly && !hasOnlyInside(group));
  for (const child of group.children) {
    if (child.children !== undefined) {
      plan(child, { isSkipped, isOnly }, tests, pattern);
    } else if (isWanted(child, pattern)) {
      const isChosen = !notes.hasOnly || isOnly || child.isOnly;
      tests.push({ test: child, mode: child.mode === "todo" ? "todo" : isSkipped || child.mode === "skip" || !isChosen ? "skip" : "run" });
      child.index = tests.length - 1;
    }
  }

  group.last = tests.length - 1;
}

function hasOnlyInside(group) {
  return group.children.some(child => child.isOnly || (child.children !== undefined && hasOnlyInside(child)));
}

function isWanted(test, pattern) {
  if (pattern === undefined) {
    return true;
  }

  const name = [...groupsOf(test).map(group => group.name), test.name].join(" ");
  return name.includes(pattern) || matches(pattern, name);
}

function matches(pattern, name) {
  try {
    return new RegExp(pattern).test(name);
  } catch {
    return false;
  }
}

// From the outside in, without the file's own group.
function groupsOf(test) {
  const groups = [];
  for (let group = test.parent; group.parent !== undefined; group = group.parent) {
    groups.unshift(group);
  }

  return groups;
}

async function runGroup(group, context) {
  const mine = context.tests.slice(Math.max(group.first, context.from), group.last + 1);
  if (mine.length === 0) {
    return;
  }

  const runs = mine.some(({ mode }) => mode === "run") && !(context.bail && context.hasFailed);
  let errors = [];
  if (runs && group.beforeAll.length > 0) {
    watcher.enter(Math.max(group.first, context.from), group.last, group.name);
    errors = await runHooks(group.beforeAll, context);
  }

  for (const child of group.children) {
    if (child.children !== undefined) {
      await (errors.length > 0 ? failGroup(child, errors, context) : runGroup(child, context));
    } else if (child.index !== undefined && child.index >= context.from) {
      await runTest(child, errors, context);
    }
  }

  const late = runs ? await runHooks(group.afterAll, context) : [];
  if (late.length > 0) {
    context.hasFailed = true;
    watcher.broken(group.name, late);
  }
}

// The tests of a group whose hook failed cannot run.
async function failGroup(group, errors, context) {
  for (let index = Math.max(group.first, context.from); index <= group.last; index++) {
    await runTest(context.tests[index].test, errors, context);
  }
}

async function runTest(test, groupErrors, context) {
  const { mode } = context.tests[test.index];
  if (mode !== "run" || (context.bail && context.hasFailed)) {
    watcher.end(test.index, mode === "run" ? "stopped" : mode, []);
    return;
  }

  watcher.start(test.index);
  let errors = groupErrors;
  let isSkipped = false;
  if (errors.length === 0) {
    ({ errors, isSkipped } = await runSteps(test, context));
  }

  if (test.isFailing && !isSkipped) {
    errors = errors.length > 0 ? [] : [describeError(new Error("the test is marked as failing, and passed"))];
  }

  context.hasFailed ||= errors.length > 0;
  watcher.end(test.index, errors.length > 0 ? "fail" : isSkipped ? "skip" : "pass", errors);
}

class Skip {}

async function runSteps(test, context) {
  const chain = [root, ...groupsOf(test)];
  const finished = [];
  const scope = {
    task: { name: test.name },
    skip: () => { throw new Skip(); },
    onTestFinished: run => finished.push({ run }),
  };
  beginAssertions();
  let isSkipped = false;
  const errors = await guard(async step => {
    for (const { run, timeout } of chain.flatMap(group => group.beforeEach)) {
      await step(() => run(scope), timeout ?? context.timeout, "a beforeEach hook");
    }

    await step(() => test.run(scope), test.timeout ?? test.parent.timeout ?? context.timeout, "the test");
  }, problem => { isSkipped ||= problem instanceof Skip; return !isSkipped; });
  if (!isSkipped) {
    errors.push(...endAssertions().map(describeError));
  }

  const hooks = [...chain.reverse().flatMap(group => group.afterEach.toReversed()), ...finished.reverse()];
  return { errors: [...errors, ...await runHooks(hooks, context, "an afterEach hook")], isSkipped };
}

// Every hook runs, whatever became of the ones before.
async function runHooks(hooks, context, what = "a hook") {
  const errors = [];
  for (const { run, timeout } of hooks) {
    errors.push(...await guard(step => step(run, timeout ?? context.timeout, what)));
  }

  return errors;
}

// Does work that consists of steps, each with its own time; returns everything that went wrong, described.
async function guard(work, counts = () => true) {
  const errors = [];
  uncaught = errors;
  try {
    await work(runStep);
  } catch (problem) {
    if (counts(problem)) {
      errors.unshift(describeError(problem));
    }
  }

  await watcher.settle();
  uncaught = undefined;
  return errors;
}

function runStep(run, timeout, what) {
  return new Promise((resolve, reject) => {
    giveUpCurrent = reason => reject(new Error(reason.message.replace("{what}", what).replace("{timeout}", String(timeout))));
    watcher.begin(timeout);
    Promise.resolve(run()).then(resolve, reject);
  }).finally(() => {
    giveUpCurrent = undefined;
    watcher.begin(-1);
  });
}
