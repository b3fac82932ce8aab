using Mik.Wasm.Types;

namespace Mik.Wasm.Binary;

/// <summary>Finds the functions of a module that can be referenced from outside their callers' code.</summary>
internal static class ReferencedFunctionFinder
{
    private const byte RefFunc = 0xD2;

    public static uint[] Find(ModuleDefinition module)
    {
        var found = new SortedSet<uint>();
        foreach (var export in module.Exports)
        {
            if (export.Kind == ExternKind.Func)
            {
                found.Add(export.Index);
            }
        }

        if (module.Start is { } start)
        {
            found.Add(start);
        }

        foreach (var initializer in module.GlobalInitializers)
        {
            AddReference(module, initializer, found);
        }

        foreach (var initializer in module.TableInitializers)
        {
            if (initializer is { } expression)
            {
                AddReference(module, expression, found);
            }
        }

        foreach (var segment in module.Elements)
        {
            foreach (var function in segment.FunctionIndices ?? [])
            {
                found.Add(function);
            }

            foreach (var expression in segment.Expressions ?? [])
            {
                AddReference(module, expression, found);
            }
        }

        return [.. found];
    }

    // A constant expression that yields a function is exactly `ref.func x; end`: no operator takes or makes another.
    private static void AddReference(ModuleDefinition module, ConstantExpression expression, SortedSet<uint> found)
    {
        var code = module.Bytes.Span.Slice(expression.Code.Start, expression.Code.Length);
        if (code[0] != RefFunc)
        {
            return;
        }

        uint index = 0;
        var shift = 0;
        for (var i = 1; ; i++)
        {
            index |= (uint)(code[i] & 0x7F) << shift;
            if ((code[i] & 0x80) == 0)
            {
                break;
            }

            shift += 7;
        }

        found.Add(index);
    }
}
