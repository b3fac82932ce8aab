using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

namespace Mik.Wasm.Runtime;

/// <summary>One guest function on the stack when a trap happened.</summary>
/// <param name="Module">The module's name.</param>
/// <param name="FunctionIndex">The function's index in its module.</param>
/// <param name="Function">The function's name from the name section, or a stand-in.</param>
public readonly record struct WasmFrame(string Module, uint FunctionIndex, string Function)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Module}!{Function}";
}

/// <summary>
/// The guest functions that were running when a trap happened, innermost first. Functions that the JIT compiler inlined into their
/// callers do not appear.
/// </summary>
public sealed class WasmBacktrace
{
    // Deep recursion leaves thousands of alike frames; the ends tell the story.
    private const int MaxFrames = 64;

    private WasmBacktrace(ImmutableArray<WasmFrame> frames, int omitted)
    {
        Frames = frames;
        Omitted = omitted;
    }

    /// <summary>At most 64 frames, innermost first.</summary>
    public ImmutableArray<WasmFrame> Frames { get; }

    /// <summary>How many more frames there were.</summary>
    public int Omitted { get; }

    /// <summary>One frame a line.</summary>
    public override string ToString()
    {
        var lines = string.Join('\n', Frames.Select(static (f, i) => $"  {i}: {f}"));
        return Omitted == 0 ? lines : $"{lines}\n  … and {Omitted} more";
    }

    internal static WasmBacktrace Of(Exception thrown)
    {
        var frames = ImmutableArray.CreateBuilder<WasmFrame>();
        var omitted = 0;
        foreach (var frame in new StackTrace(thrown).GetFrames())
        {
            if (frame.GetMethod() is not { Name: ['f', .. var digits] } method
                || Module.FindByAssembly(method.Module.Assembly) is not { } module
                || !uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                continue;
            }

            if (frames.Count == MaxFrames)
            {
                omitted++;
                continue;
            }

            frames.Add(new WasmFrame(module.Name, index, module.FunctionName(index)));
        }

        return new WasmBacktrace(frames.ToImmutable(), omitted);
    }
}
