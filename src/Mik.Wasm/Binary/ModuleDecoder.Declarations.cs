using System.Collections.Immutable;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Wasm.Binary;

internal sealed partial class ModuleDecoder
{
    // spec: binary-typesec
    private void ReadTypes(ref ByteCursor section)
    {
        var types = new FuncType[section.ReadCount("types", ImplementationLimits.Types, leastItemSize: 3)];

        // A type sees those before it.
        _module.Types = types;

        // Equal types share one object: a module may repeat a long type many times in few bytes.
        var distinct = new HashSet<FuncType>();
        for (var i = 0; i < types.Length; i++)
        {
            var type = ReadFunctionType(ref section);
            if (distinct.TryGetValue(type, out var known))
            {
                type = known;
            }
            else
            {
                distinct.Add(type);
            }

            types[i] = type;
        }
    }

    // spec: binary-functype
    private FuncType ReadFunctionType(ref ByteCursor section)
    {
        var offset = section.Position;
        var form = section.ReadByte();
        if (form != Encodings.FunctionType)
        {
            throw form is 0x4E or 0x4F or 0x50 or 0x5E or 0x5F
                ? new ModuleValidationException("garbage-collected types are not supported", offset)
                : new ModuleFormatException($"malformed type form 0x{form:x2}", offset);
        }

        var parameters = ReadValueTypes(ref section, "parameters", ImplementationLimits.Parameters);
        var results = ReadValueTypes(ref section, "results", ImplementationLimits.Results);
        return new FuncType(parameters, results);
    }

    // spec: binary-resulttype
    private ImmutableArray<ValType> ReadValueTypes(ref ByteCursor section, string what, int limit)
    {
        var types = ImmutableArray.CreateBuilder<ValType>(section.ReadCount(what, limit));
        while (types.Count < types.Capacity)
        {
            types.Add(section.ReadValueType(_module));
        }

        return types.MoveToImmutable();
    }

    // spec: binary-importsec
    private void ReadImports(ref ByteCursor section)
    {
        var imports = new ImportDeclaration[section.ReadCount("imports", ImplementationLimits.Imports, leastItemSize: 4)];
        var functions = new List<uint>();
        var tables = new List<TableType>();
        var memories = new List<MemoryType>();
        var globals = new List<GlobalType>();
        var tags = new List<uint>();
        for (var i = 0; i < imports.Length; i++)
        {
            var import = ReadImport(ref section);
            imports[i] = import;
            switch (import.Type)
            {
                case FuncExternType:
                    functions.Add(import.TypeIndex);
                    break;
                case TableType table:
                    tables.Add(table);
                    break;
                case MemoryType memory:
                    memories.Add(memory);
                    break;
                case GlobalType global:
                    globals.Add(global);
                    break;
                case TagType:
                    tags.Add(import.TypeIndex);
                    break;
            }
        }

        _module.Imports = imports;
        _module.FunctionTypeIndices = [.. functions];
        _module.ImportedFunctionCount = functions.Count;
        _module.Tables = [.. tables];
        _module.ImportedTableCount = tables.Count;
        _module.Memories = [.. memories];
        _module.ImportedMemoryCount = memories.Count;
        _module.Globals = [.. globals];
        _module.ImportedGlobalCount = globals.Count;
        _module.TagTypeIndices = [.. tags];
        _module.ImportedTagCount = tags.Count;
    }

    private ImportDeclaration ReadImport(ref ByteCursor section)
    {
        var module = section.ReadName();
        var name = section.ReadName();
        var offset = section.Position;
        var kind = section.ReadByte();
        switch ((ExternKind)kind)
        {
            case ExternKind.Func:
                offset = section.Position;
                var typeIndex = section.ReadU32();
                return new ImportDeclaration(module, name, new FuncExternType(_module.TypeAt(typeIndex, offset)), typeIndex);
            case ExternKind.Table:
                return new ImportDeclaration(module, name, section.ReadTableType(_module), 0);
            case ExternKind.Memory:
                return new ImportDeclaration(module, name, section.ReadMemoryType(_module), 0);
            case ExternKind.Global:
                return new ImportDeclaration(module, name, section.ReadGlobalType(_module), 0);
            case ExternKind.Tag:
                _module.Require(WasmFeatures.ExceptionHandling, offset);
                var tag = ReadTag(ref section);
                return new ImportDeclaration(module, name, new TagType(_module.Types[tag]), tag);
            default:
                throw new ModuleFormatException("malformed import kind", offset);
        }
    }

    // spec: binary-funcsec
    private void ReadFunctions(ref ByteCursor section)
    {
        var imported = _module.ImportedFunctionCount;
        _definedFunctions = section.ReadCount("functions", ImplementationLimits.Functions - imported);
        var all = new uint[imported + _definedFunctions];
        _module.FunctionTypeIndices.CopyTo(all, 0);
        for (var i = imported; i < all.Length; i++)
        {
            var offset = section.Position;
            all[i] = section.ReadU32();
            if (all[i] >= _module.Types.Length)
            {
                throw new ModuleValidationException($"unknown type {all[i]}", offset);
            }
        }

        _module.FunctionTypeIndices = all;
    }

    // spec: binary-tablesec
    private void ReadTables(ref ByteCursor section)
    {
        const byte WithInitializer = 0x40;
        var defined = new TableType[section.ReadCount("tables", ImplementationLimits.Tables, leastItemSize: 3)];
        var initializers = new ConstantExpression?[defined.Length];
        for (var i = 0; i < defined.Length; i++)
        {
            var offset = section.Position;
            if (section.PeekByte() != WithInitializer)
            {
                defined[i] = section.ReadTableType(_module);
                continue;
            }

            _module.Require(WasmFeatures.FunctionReferences, offset);
            section.ReadByte();
            if (section.ReadByte() != 0)
            {
                throw new ModuleFormatException("malformed table: zero byte expected", offset);
            }

            defined[i] = section.ReadTableType(_module);
            initializers[i] = ReadConstantExpression(ref section);
        }

        _module.Tables = [.. _module.Tables, .. defined];
        _module.TableInitializers = initializers;
    }

    // spec: binary-memsec
    private void ReadMemories(ref ByteCursor section)
    {
        var defined = new MemoryType[section.ReadCount("memories", ImplementationLimits.Memories, leastItemSize: 2)];
        for (var i = 0; i < defined.Length; i++)
        {
            defined[i] = section.ReadMemoryType(_module);
        }

        _module.Memories = [.. _module.Memories, .. defined];
    }

    // spec: binary-tagsec
    private void ReadTags(ref ByteCursor section)
    {
        _module.Require(WasmFeatures.ExceptionHandling, section.Position);
        var imported = _module.ImportedTagCount;
        var all = new uint[imported + section.ReadCount("tags", ImplementationLimits.Tags - imported, leastItemSize: 2)];
        _module.TagTypeIndices.CopyTo(all, 0);
        for (var i = imported; i < all.Length; i++)
        {
            all[i] = ReadTag(ref section);
        }

        _module.TagTypeIndices = all;
    }

    // spec: binary-tag
    private uint ReadTag(ref ByteCursor section)
    {
        var offset = section.Position;
        if (section.ReadByte() != 0)
        {
            throw new ModuleFormatException("malformed tag attribute", offset);
        }

        offset = section.Position;
        var type = section.ReadU32();
        _module.TypeAt(type, offset);
        return type;
    }

    // spec: binary-globalsec
    private void ReadGlobals(ref ByteCursor section)
    {
        var imported = _module.ImportedGlobalCount;
        var count = section.ReadCount("globals", ImplementationLimits.Globals - imported, leastItemSize: 3);
        var all = new GlobalType[imported + count];
        _module.Globals.CopyTo(all, 0);
        var initializers = new ConstantExpression[count];
        for (var i = 0; i < count; i++)
        {
            all[imported + i] = section.ReadGlobalType(_module);
            initializers[i] = ReadConstantExpression(ref section);
        }

        _module.Globals = all;
        _module.GlobalInitializers = initializers;
    }

    // spec: binary-exportsec
    private void ReadExports(ref ByteCursor section)
    {
        var exports = new ExportDeclaration[section.ReadCount("exports", ImplementationLimits.Exports, leastItemSize: 3)];
        for (var i = 0; i < exports.Length; i++)
        {
            var name = section.ReadName();
            var offset = section.Position;
            var kind = (ExternKind)section.ReadByte();
            if (kind > ExternKind.Tag)
            {
                throw new ModuleFormatException("malformed export kind", offset);
            }

            if (kind == ExternKind.Tag)
            {
                _module.Require(WasmFeatures.ExceptionHandling, offset);
            }

            exports[i] = new ExportDeclaration(name, kind, section.ReadU32());
        }

        _module.Exports = exports;
    }
}
