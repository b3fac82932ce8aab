// The npm build of QuickJS offers no way to hear of promises that are rejected with nobody listening: the engine has a hook for it, a
// function pointer in its runtime, but no function that could be put there. This adds one:
//
//   (context i32, promise i64, reason i64, isHandled i32, place i32): writes promise and reason to place and place + 8, then calls the
//   host as if a script had called host function 65536 with isHandled + 1 as the number of arguments and place as their address
//
// It becomes the last element of the table, so that no other moves. QuickJsVm.TrackRejections sets the pointer.

import { assemble } from "./assembler.mjs";

const TrackerType = "60057f7e7e7f7f00"; // (i32, i64, i64, i32, i32) → ()

export function addRejectionTracker(module) {
  const parameters = ["context", "promise", "reason", "isHandled", "place"];
  const tracker = assemble({ parameters, functions: { callHost: module.imported("t") } }, `
    local.get $place
    local.get $promise
    i64.store
    local.get $place
    local.get $reason
    i64.store offset=8
    local.get $context
    i32.const 0
    local.get $isHandled
    i32.const 1
    i32.add
    local.get $place
    i32.const 65536
    call $callHost
    drop`);
  module.addElement(module.addFunction(module.type(TrackerType), tracker));
}
