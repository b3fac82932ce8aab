using Mik.Wasm.Runtime;

namespace Mik.Wasm.Binary;

/// <summary>
/// The custom section compilers use to name things. It carries no meaning, so any defect only costs the names.
/// </summary>
// spec: binary-namesec
internal static class NameSection
{
    private const byte FunctionNames = 1;

    /// <summary>Names by function index; empty when there are none or the section is defective.</summary>
    /// <param name="module">The whole binary.</param>
    /// <param name="content">The section without its own name.</param>
    /// <param name="functionCount">Names of other functions are dropped.</param>
    public static IReadOnlyDictionary<uint, string> ReadFunctionNames(ReadOnlySpan<byte> module, ByteRange content, int functionCount)
    {
        var names = new Dictionary<uint, string>();
        try
        {
            var section = new ByteCursor(module, content);
            while (!section.AtEnd)
            {
                var id = section.ReadByte();
                var subsection = new ByteCursor(module, section.ReadRange(section.ReadU32()));
                if (id == FunctionNames)
                {
                    ReadNameMap(ref subsection, names, functionCount);
                }
            }
        }
        catch (ModuleException)
        {
            return new Dictionary<uint, string>();
        }

        return names;
    }

    // spec: binary-namemap
    private static void ReadNameMap(ref ByteCursor subsection, Dictionary<uint, string> names, int functionCount)
    {
        for (var left = subsection.ReadCount("names", int.MaxValue, leastItemSize: 2); left > 0; left--)
        {
            var function = subsection.ReadU32();
            var name = subsection.ReadName();
            if (function < functionCount)
            {
                names.TryAdd(function, name);
            }
        }
    }
}
