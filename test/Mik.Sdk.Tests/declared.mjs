// Prints what the package's declarations declare, as JSON: node declared.mjs <package directory>
//
//   exports      for each module: the names that can be imported from it, types included
//   values       for each module: those of them that are values
//   members      for values and what they return: the names of their members
//   globals      the global names of globals.d.ts, each with its members; those of its instances under the name and `()`
//   testGlobals  those of testing/globals.d.ts
//   ecmaScript   the global names that TypeScript's own library declares

import { createRequire } from "node:module";
import path from "node:path";

const directory = path.resolve(process.argv[2]);
const ts = createRequire(path.join(directory, "package.json"))("typescript");
const modules = ["index.d.ts", "testing/index.d.ts"];
const program = ts.createProgram([...modules, "globals.d.ts", "testing/globals.d.ts"].map(file => path.join(directory, file)), {
  target: ts.ScriptTarget.ESNext, lib: ["lib.esnext.d.ts"], types: [], moduleResolution: ts.ModuleResolutionKind.Bundler, module: ts.ModuleKind.ESNext,
});
const checker = program.getTypeChecker();
const fileOf = name => program.getSourceFile(path.join(directory, name));

const exportsOf = file => checker.getExportsOfModule(checker.getSymbolAtLocation(fileOf(file)));
const isValue = symbol => Boolean((symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol).flags & ts.SymbolFlags.Value);
const membersOf = type => type.getProperties()
  .filter(property => !property.name.startsWith("__@") && property.name !== "prototype" && !(property.flags & ts.SymbolFlags.Optional))
  .map(property => property.name);

const members = {};
for (const symbol of modules.flatMap(exportsOf).filter(isValue)) {
  const type = checker.getTypeOfSymbol(symbol);
  members[symbol.name] = membersOf(type);
  for (const signature of type.getCallSignatures().slice(0, 1)) {
    members[`${symbol.name}()`] = membersOf(signature.getReturnType());
  }
}

const declaredIn = file => {
  const names = [];
  const visit = node => {
    if (ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node)) {
      names.push(node.name.text);
    } else {
      ts.forEachChild(node, visit);
    }
  };
  visit(fileOf(file));
  return names;
};

const own = new Set(declaredIn("globals.d.ts").concat(declaredIn("testing/globals.d.ts")));
const everything = checker.getSymbolsInScope(fileOf("globals.d.ts"), ts.SymbolFlags.Value).map(symbol => symbol.name);
const globals = {};
for (const name of declaredIn("globals.d.ts")) {
  const type = checker.getTypeOfSymbol(checker.resolveName(name, undefined, ts.SymbolFlags.Value, false));
  globals[name] = membersOf(type);
  const prototype = type.getProperty("prototype");
  if (prototype) {
    globals[`${name}()`] = membersOf(checker.getTypeOfSymbol(prototype));
  }
}

console.log(JSON.stringify({
  exports: Object.fromEntries(modules.map(file => [file, exportsOf(file).map(symbol => symbol.name)])),
  values: Object.fromEntries(modules.map(file => [file, exportsOf(file).filter(isValue).map(symbol => symbol.name)])),
  members,
  globals,
  testGlobals: declaredIn("testing/globals.d.ts"),
  ecmaScript: everything.filter(name => !own.has(name)),
}));
