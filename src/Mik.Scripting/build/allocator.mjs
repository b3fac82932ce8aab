// Scripts live on small blocks of memory: objects, their properties, strings, closures. The allocator of the npm build, dlmalloc, keeps them in
// order for programs that run for days; a request needs a few hundred of them for a moment. This puts a simpler allocator in front of it:
//
// - A block of up to 252 bytes is taken from the list of free blocks of its length. When that is empty it is cut off a stretch of 16 KiB,
//   side by side with the last one.
// - A free block goes to the list of its length and is never joined with its neighbours. So that a script which first makes one kind of
//   objects and then another does not run out of memory for it, at most 4 MiB are ever cut: from then on dlmalloc serves what no list has.
// - Everything larger is dlmalloc's.
//
// Before a block lies a word: its length with this word, a multiple of 8, and the marks by which dlmalloc knows blocks in use. The third mark
// dlmalloc never sets: it tells whose a block is.
//
// QuickJS's own functions around the allocator call it by function pointers, and another one that would tell the block's length if this build
// knew. They are replaced as well and do the same by direct calls.

import { assemble } from "./assembler.mjs";

const LargestBlock = 252;
const LargestLength = LargestBlock + 4;
const StretchBytes = 16 * 1024 - 8; // dlmalloc adds its own word and rounds up
const MaxCutBytes = 4 * 1024 * 1024;
const ListsBytes = LargestLength / 2 + 4; // a word for every multiple of 8 up to the largest length
const LengthMask = -8, InUse = 3, Ours = 4;

// In QuickJS's runtime: how many blocks there are, how many bytes they take, and how many they may take. QuickJS looks for garbage when they take
// half as much again as the last time; in this build it does not know how long blocks are and counts all alike.
const CountField = 20, SizeField = 24, LimitField = 28;
const BlockOverhead = 8;

const PointerToPointer = "60017f017f"; // (i32) → i32

// Functions that have no name any more: where they are in the build that this was written for, and what they are made of there.
const Originals = {
  realloc: { index: 820, fingerprint: "dea397258450ac6f" },
  jsFree: { index: 23, fingerprint: "bfa8df0d5232a03d" },
  jsMalloc: { index: 254, fingerprint: "99f46bf19a85dce6" },
  jsCalloc: { index: 294, fingerprint: "1c4f97aebb0a9d0d" },
};

export function replaceAllocator(module) {
  for (const [name, { index, fingerprint }] of Object.entries(Originals)) {
    if (module.fingerprint(index) !== fingerprint) {
      throw new Error(`QuickJS is not built as it was: function ${index} is not ${name}`);
    }
  }

  const [malloc, free, realloc] = [module.exported("w"), module.exported("N"), Originals.realloc.index];
  const functions = {
    malloc, free, jsMalloc: Originals.jsMalloc.index,
    largeMalloc: module.copyFunction(malloc), largeFree: module.copyFunction(free), largeRealloc: module.copyFunction(realloc),
  };
  const globals = { lists: module.addGlobal(), next: module.addGlobal(), end: module.addGlobal(), cut: module.addGlobal() };
  const body = (parameters, locals, text) => assemble({ parameters, locals, functions, globals }, text);
  functions.cut = module.addFunction(module.type(PointerToPointer), body(["length"], ["block"], Cut));
  module.replaceFunction(malloc, body(["size"], ["length", "list", "block"], Malloc));
  module.replaceFunction(free, body(["block"], ["head", "list"], Free));
  module.replaceFunction(realloc, body(["block", "size"], ["head", "had", "moved"], Realloc));
  module.replaceFunction(Originals.jsMalloc.index, body(["runtime", "size"], ["block"], JsMalloc));
  module.replaceFunction(Originals.jsCalloc.index, body(["runtime", "size"], ["block"], JsCalloc));
  module.replaceFunction(Originals.jsFree.index, body(["runtime", "block"], [], JsFree));
}

const orNull = block => `
    local.tee $${block}
    i32.eqz
    if
      i32.const 0
      return
    end`;

const isLarge = `
    local.get $block
    i32.const 4
    i32.sub
    i32.load
    local.tee $head
    i32.const ${Ours}
    i32.and
    i32.eqz`;

const add = (field, amount) => `
    local.get $runtime
    local.get $runtime
    i32.load offset=${field}
    i32.const ${amount}
    i32.add
    i32.store offset=${field}`;

// Until the first stretch is cut the lists seem to lie at address 0, where nothing but zeros is.
const Malloc = `
    local.get $size
    i32.const ${LargestBlock}
    i32.gt_u
    if
      local.get $size
      call $largeMalloc
      return
    end
    local.get $size
    i32.const ${4 + 7}
    i32.add
    i32.const ${LengthMask}
    i32.and
    local.tee $length
    i32.const 1
    i32.shr_u
    global.get $lists
    i32.add
    local.tee $list
    i32.load
    local.tee $block
    i32.eqz
    if
      local.get $length
      call $cut
      return
    end
    local.get $list             ;; a free block begins with the address of the next one
    local.get $block
    i32.load
    i32.store
    local.get $block`;

const Cut = `
    global.get $next
    local.get $length
    i32.add
    global.get $end
    i32.gt_u
    if                          ;; this stretch is at its end
      global.get $cut
      i32.const ${MaxCutBytes}
      i32.ge_u
      if
        local.get $length
        i32.const 4
        i32.sub
        call $largeMalloc
        return
      end
      global.get $lists
      i32.eqz
      if
        i32.const ${ListsBytes}
        call $largeMalloc
        ${orNull("block")}
        local.get $block
        i32.const 0
        i32.const ${ListsBytes}
        memory.fill
        local.get $block
        global.set $lists
      end
      i32.const ${StretchBytes}
      call $largeMalloc
      ${orNull("block")}
      local.get $block          ;; a multiple of 8, as every block must be
      i32.const 4
      i32.add
      global.set $next
      local.get $block
      i32.const ${StretchBytes}
      i32.add
      global.set $end
      global.get $cut
      i32.const ${StretchBytes}
      i32.add
      global.set $cut
    end
    global.get $next
    local.get $length
    i32.const ${InUse | Ours}
    i32.or
    i32.store
    global.get $next
    i32.const 4
    i32.add
    global.get $next
    local.get $length
    i32.add
    global.set $next`;

const Free = `
    local.get $block
    i32.eqz
    if
      return
    end
    ${isLarge}
    if
      local.get $block
      call $largeFree
      return
    end
    local.get $block
    local.get $head
    i32.const ${LengthMask}
    i32.and
    i32.const 1
    i32.shr_u
    global.get $lists
    i32.add
    local.tee $list
    i32.load
    i32.store
    local.get $list
    local.get $block
    i32.store`;

const Realloc = `
    local.get $block
    i32.eqz
    if
      local.get $size
      call $malloc
      return
    end
    ${isLarge}
    if
      local.get $block
      local.get $size
      call $largeRealloc        ;; which calls malloc and free, above, when the block must move
      return
    end
    local.get $size
    local.get $head
    i32.const ${LengthMask}
    i32.and
    i32.const 4
    i32.sub
    local.tee $had
    i32.le_u
    if
      local.get $block
      return
    end
    local.get $size
    call $malloc
    ${orNull("moved")}
    local.get $moved
    local.get $block
    local.get $had
    memory.copy
    local.get $block
    call $free
    local.get $moved`;

const JsMalloc = `
    local.get $runtime
    i32.load offset=${SizeField}
    local.get $size
    i32.add
    local.get $runtime
    i32.load offset=${LimitField}
    i32.const 1
    i32.sub
    i32.gt_u
    if
      i32.const 0
      return
    end
    local.get $size
    call $malloc
    ${orNull("block")}
    ${add(CountField, 1)}
    ${add(SizeField, BlockOverhead)}
    local.get $block`;

const JsCalloc = `
    local.get $runtime
    local.get $size
    call $jsMalloc
    local.tee $block
    if
      local.get $block
      i32.const 0
      local.get $size
      memory.fill
    end
    local.get $block`;

const JsFree = `
    local.get $block
    i32.eqz
    if
      return
    end
    ${add(CountField, -1)}
    ${add(SizeField, -BlockOverhead)}
    local.get $block
    call $free`;
