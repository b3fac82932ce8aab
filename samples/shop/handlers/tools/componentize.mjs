// Wraps a core module that speaks the canonical ABI into a component.
//   node tools/componentize.mjs <core.wasm> <world> <utf8|utf16> <out.wasm> [more.wit]
// The WIT is handed over as text: the tools then need no view of the file system. `more.wit` adds packages
// and worlds to handler.wit.
import { readFileSync, writeFileSync } from "node:fs";
import { componentEmbed, componentNew } from "@bytecodealliance/jco-transpile/wasm-tools";

const [core, world, stringEncoding, out, more] = process.argv.slice(2);
const contract = readFileSync(new URL("../handler.wit", import.meta.url), "utf8");
const witSource = more ? `${contract}\n${readFileSync(more, "utf8")}` : contract;

const annotated = await componentEmbed({ binary: readFileSync(core), witSource, world, stringEncoding });
writeFileSync(out, await componentNew(annotated, []));
