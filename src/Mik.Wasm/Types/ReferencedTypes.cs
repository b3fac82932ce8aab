using System.Collections.Concurrent;
using Mik.Wasm.Runtime;

namespace Mik.Wasm.Types;

/// <summary>
/// The function types that reference types name, by number. Equal types have one number for the whole process, so that modules can be
/// linked by comparing numbers and comparing types never descends into the types they name. Thread-safe.
/// </summary>
/// <remarks>Only grows, like the code of the modules that bring such types along.</remarks>
internal static class ReferencedTypes
{
    // As many as fit into a ValType.
    private const int MaxTypes = 1 << 23;

    private static readonly ConcurrentDictionary<FuncType, int> Numbers = new();
    private static readonly ConcurrentDictionary<int, FuncType> Types = new();
    private static int _count;

    /// <exception cref="ResourceExhaustedException">The process has met more types than there are numbers.</exception>
    public static int NumberOf(FuncType type) => Numbers.GetOrAdd(type, static key =>
    {
        var number = Interlocked.Increment(ref _count) - 1;
        if (number >= MaxTypes)
        {
            throw new ResourceExhaustedException($"More than {MaxTypes} function types are named by references.");
        }

        Types[number] = key;
        return number;
    });

    public static FuncType Of(int number) => Types[number];
}
