namespace Mik.Fuzz;

/// <summary>Where a section, or a function body, lies: from its header to its end, and where its content begins.</summary>
/// <param name="Id">The section's id.</param>
/// <param name="Start">Of the header.</param>
/// <param name="Content">Behind the header.</param>
/// <param name="End">Behind the content.</param>
/// <param name="IsCode">Whether it is a core module's code section.</param>
internal readonly record struct SectionRange(byte Id, int Start, int Content, int End, bool IsCode)
{
    /// <summary>The id of a module's section in a component.</summary>
    public const byte CoreModuleSection = 1;

    private const byte CodeSection = 10;

    /// <summary>The sections of a module or component, as far as they can be made out.</summary>
    public static List<SectionRange> Read(List<byte> bytes)
    {
        var sections = new List<SectionRange>();
        var isCore = bytes.Count > 6 && bytes[6] == 0;
        for (var at = 8; at < bytes.Count;)
        {
            var start = at++;
            if (!TryRead(bytes, ref at, out var length) || length > bytes.Count - at)
            {
                break;
            }

            sections.Add(new SectionRange(bytes[start], start, at, at + length, isCore && bytes[start] == CodeSection));
            at += length;
        }

        return sections;
    }

    /// <summary>The bodies in the content of a code section.</summary>
    public static List<SectionRange> ReadBodies(List<byte> content)
    {
        var bodies = new List<SectionRange>();
        var at = 0;
        if (!TryRead(content, ref at, out var count))
        {
            return bodies;
        }

        for (var i = 0; i < count && at < content.Count; i++)
        {
            var start = at;
            if (!TryRead(content, ref at, out var length) || length > content.Count - at)
            {
                break;
            }

            bodies.Add(new SectionRange(0, start, at, at + length, IsCode: false));
            at += length;
        }

        return bodies;
    }

    private static bool TryRead(List<byte> bytes, ref int at, out int value)
    {
        var number = 0L;
        for (var shift = 0; shift < 35 && at < bytes.Count; shift += 7)
        {
            var part = bytes[at++];
            number |= (long)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                value = (int)Math.Min(number, int.MaxValue);
                return true;
            }
        }

        value = 0;
        return false;
    }
}
