namespace Mik.Fuzz;

/// <summary>
/// Alters a module here and there. What knows nothing of the format finds its way into the decoder only; so most changes keep sizes
/// right, and those inside of code replace instructions by instructions.
/// </summary>
internal sealed class Mutator(Random random, Corpus corpus)
{
    private const int MaxBytes = 32 << 20;
    private static readonly byte[] Interesting = [0x00, 0x01, 0x02, 0x0B, 0x3F, 0x40, 0x41, 0x60, 0x6F, 0x70, 0x7B, 0x7C, 0x7D, 0x7E, 0x7F, 0x80, 0xFC, 0xFD, 0xFF];
    private static readonly byte[][] Numbers =
    [
        [0x80, 0x80, 0x04], [0xFF, 0xFF, 0x03], [0xFF, 0xFF, 0xFF, 0xFF, 0x07], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0x80, 0x80, 0x80, 0x80, 0x08],
        [0x80, 0x80, 0x80, 0x80, 0x78], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0xE8, 0x07], [0xD0, 0x86, 0x03], [0x80, 0x00],
    ];

    /// <summary>The mutant; always another array.</summary>
    public byte[] Mutate(byte[] original)
    {
        var bytes = original.ToList();
        var changes = 1 + random.Next(random.Next(4) == 0 ? 8 : 2);
        for (var i = 0; i < changes; i++)
        {
            Change(bytes);
        }

        return bytes.Count <= MaxBytes ? [.. bytes] : [.. bytes[..MaxBytes]];
    }

    private void Change(List<byte> bytes)
    {
        if (bytes.Count < 9)
        {
            bytes.AddRange(Interesting);
            return;
        }

        switch (random.Next(20))
        {
            case 0:
                bytes[random.Next(bytes.Count)] = (byte)random.Next(256);
                break;
            case 1:
                bytes[random.Next(bytes.Count)] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                bytes.RemoveRange(random.Next(8, bytes.Count), 1);
                break;
            case 3:
                var cut = random.Next(8, bytes.Count);
                bytes.RemoveRange(cut, bytes.Count - cut);
                break;
            case 4:
                InsertCopied(bytes);
                break;
            case 5:
                ChangeSections(bytes);
                break;
            default:
                ChangeInside(bytes);
                break;
        }
    }

    private void InsertCopied(List<byte> bytes)
    {
        var length = Math.Min(1 + random.Next(64), bytes.Count);
        var from = random.Next(bytes.Count - length + 1);
        bytes.InsertRange(random.Next(8, bytes.Count + 1), bytes.GetRange(from, length));
    }

    // Whole sections: dropped, doubled, exchanged, taken from another module.
    private void ChangeSections(List<byte> bytes)
    {
        var sections = SectionRange.Read(bytes);
        if (sections.Count == 0)
        {
            return;
        }

        var one = sections[random.Next(sections.Count)];
        switch (random.Next(4))
        {
            case 0:
                bytes.RemoveRange(one.Start, one.End - one.Start);
                break;
            case 1:
                bytes.InsertRange(one.End, bytes.GetRange(one.Start, one.End - one.Start));
                break;
            case 2:
                var moved = bytes.GetRange(one.Start, one.End - one.Start);
                bytes.RemoveRange(one.Start, moved.Count);
                var left = SectionRange.Read(bytes);
                bytes.InsertRange(left.Count == 0 ? bytes.Count : left[random.Next(left.Count)].Start, moved);
                break;
            default:
                var donor = corpus.Donor(random).ToList();
                var theirs = SectionRange.Read(donor).Where(s => s.Id == one.Id).ToList();
                if (theirs.Count > 0)
                {
                    var part = theirs[random.Next(theirs.Count)];
                    bytes.RemoveRange(one.Start, one.End - one.Start);
                    bytes.InsertRange(one.Start, donor.GetRange(part.Start, part.End - part.Start));
                }

                break;
        }
    }

    // Within a section, whose size is put right afterwards; in code, within a function, likewise.
    private void ChangeInside(List<byte> bytes)
    {
        var sections = SectionRange.Read(bytes);
        if (sections.Count == 0)
        {
            return;
        }

        var section = random.Next(3) == 0 ? sections[random.Next(sections.Count)] : sections.Where(static s => s.IsCode).DefaultIfEmpty(sections[random.Next(sections.Count)]).First();
        if (section.End == section.Content)
        {
            return;
        }

        var content = bytes.GetRange(section.Content, section.End - section.Content);
        if (!section.IsCode || !TryChangeFunction(content))
        {
            ChangeBytes(content, 0);
        }

        bytes.RemoveRange(section.Start + 1, section.End - section.Start - 1);
        bytes.InsertRange(section.Start + 1, [.. Leb(content.Count), .. content]);
    }

    private bool TryChangeFunction(List<byte> content)
    {
        var bodies = SectionRange.ReadBodies(content);
        if (bodies.Count == 0)
        {
            return false;
        }

        var body = bodies[random.Next(bodies.Count)];
        var code = content.GetRange(body.Content, body.End - body.Content);
        if (code.Count == 0)
        {
            return false;
        }

        if (random.Next(8) == 0)
        {
            var other = bodies[random.Next(bodies.Count)];
            code = content.GetRange(other.Content, other.End - other.Content);
        }
        else
        {
            ChangeBytes(code, 1);
        }

        content.RemoveRange(body.Start, body.End - body.Start);
        content.InsertRange(body.Start, [.. Leb(code.Count), .. code]);
        return true;
    }

    private void ChangeBytes(List<byte> bytes, int first)
    {
        if (bytes.Count <= first)
        {
            bytes.Add((byte)random.Next(256));
            return;
        }

        var at = random.Next(first, bytes.Count);
        switch (random.Next(9))
        {
            case 0:
                bytes[at] = Interesting[random.Next(Interesting.Length)];
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.RemoveAt(at);
                bytes.InsertRange(at, Numbers[random.Next(Numbers.Length)]);
                break;
            case 3:
                bytes.Insert(at, (byte)random.Next(256));
                break;
            case 4:
                bytes.RemoveAt(at);
                break;
            case 5:
                // Neighbours in the encoding are mostly of the same type: another comparison, another width, the next local.
                bytes[at] = (byte)(bytes[at] + random.Next(-3, 4));
                break;
            case 6:
                bytes.InsertRange(at, Anywhere(random));
                break;
            case 7:
                var length = Math.Min(1 + random.Next(24), bytes.Count - at);
                bytes.InsertRange(random.Next(first, bytes.Count), bytes.GetRange(at, length));
                break;
            default:
                // Instructions without operands: any for any.
                bytes[at] = (byte)random.Next(0x45, 0xC5);
                break;
        }
    }

    /// <summary>A number at the edge of what some field can hold.</summary>
    public static byte[] Number(Random random) => Numbers[random.Next(Numbers.Length)];

    /// <summary>A short sequence that leaves the stack as it is and needs nothing.</summary>
    public static byte[] Anywhere(Random random) => random.Next(7) switch
    {
        0 => [0x01],
        1 => [0x41, .. Number(random), 0x1A],
        2 => [0x02, 0x40, 0x0C, 0x00, 0x0B],
        3 => [0x03, 0x40, 0x41, 0x00, 0x0D, 0x00, 0x0B],
        4 => [0x03, 0x40, 0x0C, 0x00, 0x0B],
        5 => [0x41, 0x00, 0x04, 0x40, 0x00, 0x05, 0x0B],
        _ => [0x42, .. Number(random), 0x42, 0x05, 0x7F, 0x1A],
    };

    /// <summary>Unsigned LEB128.</summary>
    public static byte[] Leb(int value)
    {
        var bytes = new List<byte>();
        do
        {
            bytes.Add((byte)((value & 0x7F) | (value > 0x7F ? 0x80 : 0)));
            value >>= 7;
        }
        while (value != 0);
        return [.. bytes];
    }
}
