using Mik.Wasm.Runtime;

namespace Mik.Wasm.Binary;

internal enum CatchKind : byte
{
    /// <summary>One tag; branches with what the exception carries.</summary>
    Catch,

    /// <summary>One tag; branches with what the exception carries and a reference to it.</summary>
    CatchRef,

    /// <summary>Every exception; branches with nothing.</summary>
    CatchAll,

    /// <summary>Every exception; branches with a reference to it.</summary>
    CatchAllRef,
}

/// <summary>One clause of a <c>try_table</c>.</summary>
/// <param name="Kind">What it catches and what it passes on.</param>
/// <param name="Tag">The tag, where it names one.</param>
/// <param name="Label">Where it branches to, counted from outside the block.</param>
// spec: syntax-catch
internal readonly record struct CatchClause(CatchKind Kind, uint Tag, uint Label)
{
    public bool HasTag => Kind is CatchKind.Catch or CatchKind.CatchRef;

    public bool HasReference => Kind is CatchKind.CatchRef or CatchKind.CatchAllRef;

    // spec: binary-catch
    public static CatchClause Read(ref ByteCursor cursor)
    {
        var offset = cursor.Position;
        var kind = (CatchKind)cursor.ReadByte();
        return kind switch
        {
            CatchKind.Catch or CatchKind.CatchRef => new CatchClause(kind, cursor.ReadU32(), cursor.ReadU32()),
            CatchKind.CatchAll or CatchKind.CatchAllRef => new CatchClause(kind, 0, cursor.ReadU32()),
            _ => throw new ModuleFormatException("malformed catch clause", offset),
        };
    }

    /// <summary>The clauses of a <c>try_table</c> in order.</summary>
    public static CatchClause[] Of(in Instruction instruction, ReadOnlySpan<byte> module)
    {
        var clauses = new CatchClause[instruction.Index];
        var items = instruction.Items(module);
        foreach (ref var clause in clauses.AsSpan())
        {
            clause = Read(ref items);
        }

        return clauses;
    }
}
