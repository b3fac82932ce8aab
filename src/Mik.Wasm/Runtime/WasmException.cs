using System.Collections.Immutable;

namespace Mik.Wasm.Runtime;

/// <summary>
/// An exception of the guest's own making. The embedder sees those that nobody in the guest caught; a host function may throw one, and
/// guests that have its tag can catch it. Other than after a trap the instance can be used again.
/// </summary>
// spec: syntax-exninst
public sealed class WasmException : Exception
{
    private WasmBacktrace? _backtrace;

    /// <summary>Makes an exception for a guest.</summary>
    /// <param name="tag">What kind it is.</param>
    /// <param name="values">What it carries, in slots as in <see cref="HostCallback"/>.</param>
    /// <exception cref="ArgumentException">The values do not fit the tag's type.</exception>
    public WasmException(Tag tag, params ImmutableArray<ulong> values)
        : base("an exception of the guest was not caught")
    {
        if (values.Length != tag.Type.ParameterSlots)
        {
            throw new ArgumentException($"The tag carries {tag.Type}, not {values.Length} slots.", nameof(values));
        }

        Tag = tag;
        Values = values;
    }

    /// <summary>What kind it is.</summary>
    public Tag Tag { get; }

    /// <summary>What it carries, in slots as in <see cref="HostCallback"/>.</summary>
    public ImmutableArray<ulong> Values { get; }

    /// <summary>Where the guest threw it the last time.</summary>
    public WasmBacktrace Backtrace => _backtrace ??= WasmBacktrace.Of(this);

    /// <summary>The number guests hold as a reference to it; 0 as long as none does.</summary>
    internal long Reference { get; set; }
}
