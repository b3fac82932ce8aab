using Mik.Wasm.Binary;
using Mik.Wasm.Runtime.Allocation;
using Mik.Wasm.Types;

namespace Mik.Wasm.Runtime;

/// <summary>Instantiation, step by step as the specification orders it.</summary>
// spec: exec-instantiation
internal static class InstanceBuilder
{
    /// <summary>Makes an instance that has run its start function, or one in the state of <paramref name="start"/>.</summary>
    public static Instance Build(Module module, Store store, ReadOnlySpan<Extern> imports, InstanceImage? start)
    {
        var definition = module.Definition;
        var data = module.InitialMemory.Image;
        if (store.Engine != module.Engine)
        {
            throw new ArgumentException("The module was compiled by another engine than the store's.", nameof(store));
        }

        // 1. Imports match, or nothing has happened.
        CheckImports(module, store, imports);
        store.EnsureResultSlots(module.MaxResultSlots);

        // 2. Allocate.
        store.TakeInstance();
        var instance = new Instance(module, store);
        LinkImports(instance, imports);
        instance.WriteFuncRefs();
        for (var i = definition.ImportedMemoryCount; i < definition.Memories.Length; i++)
        {
            instance.SetMemory(i, CreateMemory(store, definition.Memories[i], start, i, data));
        }

        for (var i = definition.ImportedTableCount; i < definition.Tables.Length; i++)
        {
            instance.SetTable(i, Table.Create(store, definition.Tables[i]));
        }

        for (var i = definition.ImportedTagCount; i < definition.TagTypeIndices.Length; i++)
        {
            instance.SetTag(i, Tag.Create(store, definition.TagType((uint)i)));
        }

        if (start is not null)
        {
            instance.Restore(start);
            return instance;
        }

        FillTables(instance);
        for (var i = 0; i < definition.GlobalInitializers.Length; i++)
        {
            instance.SetGlobal((uint)(definition.ImportedGlobalCount + i), ConstantEvaluator.Evaluate(instance, definition.GlobalInitializers[i]));
        }

        // 3. Active segments, in order; effects before a trap stay.
        CopyElements(instance);
        if (data is null)
        {
            CopyData(instance);
            module.InitialMemory.Capture(instance);
        }
        else
        {
            DropActiveData(instance);
        }

        // 4. Start.
        if (definition.Start is { } function)
        {
            instance.GetFunc(function).Invoke([], []);
        }

        return instance;
    }

    private static Memory CreateMemory(Store store, MemoryType type, InstanceImage? start, int index, MemoryImage? data) => start is not null
        ? Memory.Create(store, type, start, index)
        : Memory.Create(store, type, Memory.InitialLength(type), data);

    private static void CheckImports(Module module, Store store, ReadOnlySpan<Extern> imports)
    {
        if (imports.Length != module.Imports.Count)
        {
            throw new ArgumentException($"The module has {module.Imports.Count} imports, {imports.Length} were given.", nameof(imports));
        }

        for (var i = 0; i < imports.Length; i++)
        {
            var wanted = module.Imports[i];
            if (imports[i].Store != store)
            {
                throw new ArgumentException($"Import {wanted.Module}.{wanted.Name} lives in another store.", nameof(imports));
            }

            var given = imports[i].ExternType;
            if (!given.Matches(wanted.Type))
            {
                throw new LinkException($"incompatible import type: {wanted.Module}.{wanted.Name} must be {wanted.Type}, not {given}");
            }
        }
    }

    private static void LinkImports(Instance instance, ReadOnlySpan<Extern> imports)
    {
        uint functions = 0;
        var tables = 0;
        var memories = 0;
        uint globals = 0;
        var tags = 0;
        foreach (var import in imports)
        {
            switch (import)
            {
                case Func function:
                    instance.SetImport(functions++, function);
                    break;
                case Table table:
                    instance.SetTable(tables++, table);
                    break;
                case Memory memory:
                    instance.SetMemory(memories++, memory);
                    break;
                case Global global:
                    instance.SetImportedGlobal(globals++, global);
                    break;
                case Tag tag:
                    instance.SetTag(tags++, tag);
                    break;
            }
        }
    }

    private static void FillTables(Instance instance)
    {
        var definition = instance.Module.Definition;
        for (var i = 0; i < definition.TableInitializers.Length; i++)
        {
            if (definition.TableInitializers[i] is { } initializer)
            {
                instance.Tables[definition.ImportedTableCount + i].Elements.Fill((long)ConstantEvaluator.Evaluate(instance, initializer));
            }
        }
    }

    private static void CopyElements(Instance instance)
    {
        var segments = instance.Module.Definition.Elements;
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            if (segment.Mode == SegmentMode.Active)
            {
                var offset = (ulong)ConstantEvaluator.Evaluate(instance, segment.Offset);
                instance.InitTable((int)segment.TableIndex, i, offset, 0, (uint)segment.Length);
            }

            if (segment.Mode != SegmentMode.Passive)
            {
                instance.DropElement(i);
            }
        }
    }

    private static void DropActiveData(Instance instance)
    {
        var segments = instance.Module.Definition.Data;
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i].Mode == SegmentMode.Active)
            {
                instance.DropData(i);
            }
        }
    }

    private static void CopyData(Instance instance)
    {
        var segments = instance.Module.Definition.Data;
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i].Mode == SegmentMode.Active)
            {
                var offset = (ulong)ConstantEvaluator.Evaluate(instance, segments[i].Offset);
                instance.InitMemory((int)segments[i].MemoryIndex, i, offset, 0, (uint)segments[i].Content.Length);
                instance.DropData(i);
            }
        }
    }
}
