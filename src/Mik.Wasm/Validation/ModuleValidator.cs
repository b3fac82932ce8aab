using System.Collections;
using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Wasm.Validation;

/// <summary>The security boundary: what passes here may be compiled, nothing else ever is.</summary>
/// <remarks>Takes time and memory in proportion to the module's size, whatever the module.</remarks>
// spec: valid-module
internal static class ModuleValidator
{
    /// <exception cref="ModuleFormatException">An instruction of a function body is malformed.</exception>
    /// <exception cref="ModuleValidationException">A typing rule is broken.</exception>
    public static void Validate(ModuleDefinition module)
    {
        CheckMemories(module);
        CheckTags(module);

        // Functions that code may take a reference to: those that occur outside of code.
        var declared = new BitArray(module.FunctionTypeIndices.Length);
        var expressions = new ConstantExpressionValidator(module, declared);
        CheckTables(module, expressions);
        CheckGlobals(module, expressions);
        CheckExports(module, declared);
        CheckStart(module);
        CheckElements(module, expressions, declared);
        CheckData(module, expressions);

        var functions = new FunctionValidator(module, declared);
        for (var i = 0; i < module.Bodies.Length; i++)
        {
            functions.Validate(i);
        }
    }

    // spec: valid-tabletype, valid-table
    private static void CheckTables(ModuleDefinition module, ConstantExpressionValidator expressions)
    {
        for (var i = 0; i < module.Tables.Length; i++)
        {
            var imported = i < module.ImportedTableCount;
            var table = module.Tables[i];
            if (table.Limits is { Max: { } max } limits && max < limits.Min)
            {
                throw Invalid($"table {i}: size minimum must not be greater than maximum", module, SectionId.Table, imported);
            }

            if (imported)
            {
                continue;
            }

            // An initializer sees the imported globals only: the others come later.
            if (module.TableInitializers[i - module.ImportedTableCount] is { } initializer)
            {
                expressions.Validate(initializer, table.Element, module.ImportedGlobalCount, $"table {i}");
            }
            else if (!table.Element.IsDefaultable())
            {
                throw Invalid($"table {i}: type mismatch: {table.Element.Text()} needs an initial value", module, SectionId.Table);
            }
        }
    }

    // spec: valid-memtype
    private static void CheckMemories(ModuleDefinition module)
    {
        for (var i = 0; i < module.Memories.Length; i++)
        {
            var imported = i < module.ImportedMemoryCount;
            var memory = module.Memories[i];
            var limits = memory.Limits;
            if (limits.Min > memory.MaxPages || limits.Max > memory.MaxPages)
            {
                throw Invalid(
                    $"memory {i}: memory size must be at most {(memory.Is64 ? "2**48 pages" : "65536 pages (4GiB)")}", module, SectionId.Memory, imported);
            }

            if (limits.Max < limits.Min)
            {
                throw Invalid($"memory {i}: size minimum must not be greater than maximum", module, SectionId.Memory, imported);
            }

            if (i > 0)
            {
                module.Require(WasmFeatures.MultiMemory, module.SectionStarts[(int)(imported ? SectionId.Import : SectionId.Memory)]);
            }
        }
    }

    // spec: valid-tagtype
    private static void CheckTags(ModuleDefinition module)
    {
        for (uint i = 0; i < module.TagTypeIndices.Length; i++)
        {
            if (module.TagType(i).Results.Length > 0)
            {
                throw Invalid($"tag {i}: non-empty tag result type", module, SectionId.Tag, i < module.ImportedTagCount);
            }
        }
    }

    // spec: valid-global
    private static void CheckGlobals(ModuleDefinition module, ConstantExpressionValidator expressions)
    {
        var imported = module.ImportedGlobalCount;
        for (var i = 0; i < module.GlobalInitializers.Length; i++)
        {
            // An initializer sees the imported globals and those before its own.
            var visible = imported + i;
            expressions.Validate(module.GlobalInitializers[i], module.Globals[visible].ValueType, visible, $"global {visible}");
        }
    }

    // spec: valid-export
    private static void CheckExports(ModuleDefinition module, BitArray declared)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var export in module.Exports)
        {
            if (!names.Add(export.Name))
            {
                throw Invalid("duplicate export name", module, SectionId.Export);
            }

            var count = export.Kind switch
            {
                ExternKind.Func => module.FunctionTypeIndices.Length,
                ExternKind.Table => module.Tables.Length,
                ExternKind.Memory => module.Memories.Length,
                ExternKind.Tag => module.TagTypeIndices.Length,
                _ => module.Globals.Length,
            };
            if (export.Index >= count)
            {
                var kind = export.Kind == ExternKind.Func ? "function" : export.Kind.ToString().ToLowerInvariant();
                throw Invalid($"export: unknown {kind} {export.Index}", module, SectionId.Export);
            }

            if (export.Kind == ExternKind.Func)
            {
                declared[(int)export.Index] = true;
            }
        }
    }

    // spec: valid-start
    private static void CheckStart(ModuleDefinition module)
    {
        if (module.Start is not { } start)
        {
            return;
        }

        if (start >= module.FunctionTypeIndices.Length)
        {
            throw Invalid($"start: unknown function {start}", module, SectionId.Start);
        }

        var type = module.FunctionType(start);
        if (type.Parameters.Length + type.Results.Length != 0)
        {
            throw Invalid($"start function: its type is {type}, not () -> ()", module, SectionId.Start);
        }
    }

    // spec: valid-elem
    private static void CheckElements(ModuleDefinition module, ConstantExpressionValidator expressions, BitArray declared)
    {
        for (var i = 0; i < module.Elements.Length; i++)
        {
            var segment = module.Elements[i];
            foreach (var function in segment.FunctionIndices ?? [])
            {
                if (function >= module.FunctionTypeIndices.Length)
                {
                    throw Invalid($"element segment {i}: unknown function {function}", module, SectionId.Element);
                }

                declared[(int)function] = true;
            }

            foreach (var expression in segment.Expressions ?? [])
            {
                expressions.Validate(expression, segment.Type, module.Globals.Length, "element segment item");
            }

            if (segment.Mode == SegmentMode.Active)
            {
                CheckTarget(module, segment, i);
                expressions.Validate(
                    segment.Offset, module.Tables[segment.TableIndex].Address, module.Globals.Length, "element segment offset");
            }
        }
    }

    // spec: valid-elemmode
    private static void CheckTarget(ModuleDefinition module, ElementSegment segment, int index)
    {
        if (segment.TableIndex >= module.Tables.Length)
        {
            throw Invalid($"element segment {index}: unknown table {segment.TableIndex}", module, SectionId.Element);
        }

        var element = module.Tables[segment.TableIndex].Element;
        if (!segment.Type.Matches(element))
        {
            throw Invalid(
                $"element segment {index}: type mismatch: a {segment.Type.Text()} segment for a {element.Text()} table",
                module,
                SectionId.Element);
        }
    }

    // spec: valid-data
    private static void CheckData(ModuleDefinition module, ConstantExpressionValidator expressions)
    {
        for (var i = 0; i < module.Data.Length; i++)
        {
            var segment = module.Data[i];
            if (segment.Mode != SegmentMode.Active)
            {
                continue;
            }

            if (segment.MemoryIndex >= module.Memories.Length)
            {
                throw Invalid($"data segment {i}: unknown memory {segment.MemoryIndex}", module, SectionId.Data);
            }

            expressions.Validate(
                segment.Offset, module.Memories[segment.MemoryIndex].Address, module.Globals.Length, "data segment offset");
        }
    }

    private static ModuleValidationException Invalid(string message, ModuleDefinition module, SectionId section, bool imported = false) =>
        new(message, module.SectionStarts[(int)(imported ? SectionId.Import : section)]);
}
