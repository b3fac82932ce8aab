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
        CheckFeatures(module);
        CheckTables(module);
        CheckMemories(module);

        // Functions that code may take a reference to: those that occur outside of code.
        var declared = new BitArray(module.FunctionTypeIndices.Length);
        var expressions = new ConstantExpressionValidator(module, declared);
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

    // What the instructions of function bodies use is checked as they are read.
    private static void CheckFeatures(ModuleDefinition module)
    {
        if ((module.Features & WasmFeatures.Simd) != 0)
        {
            return;
        }

        if (module.Types.Any(static t => t.ParameterSlots + t.ResultSlots > t.Parameters.Length + t.Results.Length))
        {
            throw FeatureText.Refusal(WasmFeatures.Simd, module.SectionStarts[(int)SectionId.Type]);
        }

        var global = Array.FindIndex(module.Globals, static g => g.ValueType == ValType.V128);
        if (global >= 0)
        {
            var section = global < module.ImportedGlobalCount ? SectionId.Import : SectionId.Global;
            throw FeatureText.Refusal(WasmFeatures.Simd, module.SectionStarts[(int)section]);
        }

        if (Array.Find(module.Bodies, static b => b.Locals.Any(static l => l.Type == ValType.V128)) is { } body)
        {
            throw FeatureText.Refusal(WasmFeatures.Simd, body.Code.Start);
        }
    }

    // spec: valid-tabletype
    private static void CheckTables(ModuleDefinition module)
    {
        for (var i = 0; i < module.Tables.Length; i++)
        {
            if (module.Tables[i].Limits is { Max: { } max } limits && max < limits.Min)
            {
                throw Invalid($"table {i}: size minimum must not be greater than maximum", module, SectionId.Table, i < module.ImportedTableCount);
            }
        }
    }

    // spec: valid-memtype
    private static void CheckMemories(ModuleDefinition module)
    {
        for (var i = 0; i < module.Memories.Length; i++)
        {
            var imported = i < module.ImportedMemoryCount;
            var limits = module.Memories[i].Limits;
            if (limits.Min > ImplementationLimits.MemoryPages || limits.Max > ImplementationLimits.MemoryPages)
            {
                throw Invalid($"memory {i}: memory size must be at most 65536 pages (4GiB)", module, SectionId.Memory, imported);
            }

            if (limits.Max < limits.Min)
            {
                throw Invalid($"memory {i}: size minimum must not be greater than maximum", module, SectionId.Memory, imported);
            }

            if (i > 0)
            {
                throw FeatureText.Refusal(WasmFeatures.MultiMemory, module.SectionStarts[(int)(imported ? SectionId.Import : SectionId.Memory)]);
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
                expressions.Validate(segment.Offset, ValType.I32, module.Globals.Length, "element segment offset");
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
        if (element != segment.Type)
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

            expressions.Validate(segment.Offset, ValType.I32, module.Globals.Length, "data segment offset");
        }
    }

    private static ModuleValidationException Invalid(string message, ModuleDefinition module, SectionId section, bool imported = false) =>
        new(message, module.SectionStarts[(int)(imported ? SectionId.Import : section)]);
}
