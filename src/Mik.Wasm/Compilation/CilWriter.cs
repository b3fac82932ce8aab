using System.Globalization;
using System.Reflection.Metadata;
using System.Runtime.CompilerServices;
using System.Text;

namespace Mik.Wasm.Compilation;

/// <summary>
/// Writes one method body at a time as raw IL. Counts the evaluation stack as it goes, because the exact maximum must be known:
/// RyuJIT refuses to inline a method whose declared maximum is generous.
/// </summary>
/// <remarks>
/// Labels may be marked and branched to only with an empty evaluation stack (operands of the branch itself aside); the compiler
/// never keeps values on it across statements. All branches use the long form.
/// </remarks>
internal sealed class CilWriter
{
    // A body beyond this comes from input made to explode (one `br` can copy a thousand values), not from a program: the largest
    // function of a JavaScript engine takes 400 KiB. The JIT needs seconds for such bodies and nothing can interrupt it.
    private const int MaxBodyBytes = 16 << 20;

    private const int MaxLocals = 65_000;
    private const int Unmarked = -1;

    private byte[] _bytes = new byte[16 * 1024];
    private readonly List<int> _labels = [];
    private readonly List<Fixup> _fixups = [];
    private readonly List<SignatureTypeCode> _locals = [];
    private readonly List<FilterRegion> _regions = [];
    private int _depth;

    /// <summary>When set, receives every instruction as a line of text.</summary>
    public StringBuilder? Listing { get; set; }

    /// <summary>Names the target of a call for <see cref="Listing"/>.</summary>
    public Func<int, string>? TokenName { get; set; }

    public int Length { get; private set; }

    public int MaxStack { get; private set; }

    /// <summary>Labels and branches: about the number of basic blocks the JIT will see.</summary>
    public int BlockCount { get; private set; }

    public IReadOnlyList<SignatureTypeCode> Locals => _locals;

    /// <summary>Protected code and its handlers, inner before outer.</summary>
    public IReadOnlyList<FilterRegion> Regions => _regions;

    /// <summary>Copies the finished body; call <see cref="Finish"/> first.</summary>
    public void CopyTo(ref BlobWriter writer) => writer.WriteBytes(_bytes, 0, Length);

    public void Reset()
    {
        Length = 0;
        MaxStack = 0;
        BlockCount = 0;
        _depth = 0;
        _labels.Clear();
        _fixups.Clear();
        _locals.Clear();
        _regions.Clear();
    }

    public int DeclareLocal(SignatureTypeCode type)
    {
        if (_locals.Count >= MaxLocals)
        {
            throw new CompilationLimitException("too many local variables and intermediate values");
        }

        _locals.Add(type);
        return _locals.Count - 1;
    }

    /// <summary>An instruction without operand and with a fixed stack effect.</summary>
    public void Emit(ILOpCode opcode)
    {
        Log(opcode);
        WriteOpcode(opcode);
        Adjust(CilStackEffect.Pops(opcode), CilStackEffect.Pushes(opcode));
        if (opcode is ILOpCode.Ret or ILOpCode.Throw or ILOpCode.Endfilter)
        {
            _depth = 0;
        }
    }

    public void LoadInt32(int value)
    {
        if (value is >= -1 and <= 8)
        {
            Emit((ILOpCode)((int)ILOpCode.Ldc_i4_0 + value));
            return;
        }

        if (value is >= sbyte.MinValue and <= sbyte.MaxValue)
        {
            Log(ILOpCode.Ldc_i4_s, value);
            WriteOpcode(ILOpCode.Ldc_i4_s);
            WriteByte((byte)value);
        }
        else
        {
            Log(ILOpCode.Ldc_i4, value);
            WriteOpcode(ILOpCode.Ldc_i4);
            Write(value);
        }

        Adjust(0, 1);
    }

    public void LoadInt64(long value)
    {
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            LoadInt32((int)value);
            Emit(ILOpCode.Conv_i8);
            return;
        }

        Log(ILOpCode.Ldc_i8, value);
        WriteOpcode(ILOpCode.Ldc_i8);
        Write(value);
        Adjust(0, 1);
    }

    public void LoadSingle(int bits)
    {
        Log(ILOpCode.Ldc_r4, BitConverter.Int32BitsToSingle(bits));
        WriteOpcode(ILOpCode.Ldc_r4);
        Write(bits);
        Adjust(0, 1);
    }

    public void LoadDouble(long bits)
    {
        Log(ILOpCode.Ldc_r8, BitConverter.Int64BitsToDouble(bits));
        WriteOpcode(ILOpCode.Ldc_r8);
        Write(bits);
        Adjust(0, 1);
    }

    public void LoadLocal(int index) => WriteVariable(ILOpCode.Ldloc_0, ILOpCode.Ldloc_s, ILOpCode.Ldloc, index, 0, 1);

    public void StoreLocal(int index) => WriteVariable(ILOpCode.Stloc_0, ILOpCode.Stloc_s, ILOpCode.Stloc, index, 1, 0);

    public void LoadLocalAddress(int index) => WriteVariable(null, ILOpCode.Ldloca_s, ILOpCode.Ldloca, index, 0, 1);

    public void LoadArgument(int index) => WriteVariable(ILOpCode.Ldarg_0, ILOpCode.Ldarg_s, ILOpCode.Ldarg, index, 0, 1);

    public void StoreArgument(int index) => WriteVariable(null, ILOpCode.Starg_s, ILOpCode.Starg, index, 1, 0);

    public int DefineLabel()
    {
        _labels.Add(Unmarked);
        return _labels.Count - 1;
    }

    public void MarkLabel(int label)
    {
        if (_depth != 0 || _labels[label] != Unmarked)
        {
            throw new InvalidOperationException($"label {label} marked twice or with {_depth} values on the evaluation stack");
        }

        _labels[label] = Length;
        BlockCount++;
        Listing?.Append('L').Append(label).Append(":\n");
    }

    public void Branch(ILOpCode opcode, int label)
    {
        Log(opcode, $"L{label}");
        WriteOpcode(opcode);
        _fixups.Add(new Fixup(Length, Length + sizeof(int), label));
        Write(0);
        Adjust(CilStackEffect.Pops(opcode), 0);
        RequireEmptyStack(opcode);
        BlockCount++;
    }

    public void Switch(ReadOnlySpan<int> labels)
    {
        Log(ILOpCode.Switch, labels.Length);
        WriteOpcode(ILOpCode.Switch);
        Write(labels.Length);
        var next = Length + (sizeof(int) * labels.Length);
        foreach (var label in labels)
        {
            Listing?.Append("      L").Append(label).Append('\n');
            _fixups.Add(new Fixup(Length, next, label));
            Write(0);
        }

        Adjust(1, 0);
        RequireEmptyStack(ILOpCode.Switch);
        BlockCount++;
    }

    /// <summary><c>call</c>, <c>calli</c> or <c>ldftn</c>; for <c>calli</c> the address counts as one of the pops.</summary>
    public void EmitToken(ILOpCode opcode, int token, int pops, int pushes)
    {
        Log(opcode, TokenName?.Invoke(token) ?? "");
        WriteOpcode(opcode);
        Write(token);
        Adjust(pops, pushes);
    }

    /// <summary>What follows is a filter or a handler, which begins with the exception on the evaluation stack.</summary>
    public void BeginHandler()
    {
        RequireEmptyStack(ILOpCode.Nop);
        Listing?.Append("  handler:\n");
        Adjust(0, 1);
    }

    /// <summary>Declares protected code, directly followed by its filter and that by its handler.</summary>
    public void AddRegion(FilterRegion region) => _regions.Add(region);

    /// <summary>Fills in the branch distances.</summary>
    public void Finish()
    {
        foreach (var fixup in _fixups)
        {
            var target = _labels[fixup.Label];
            if (target == Unmarked)
            {
                throw new InvalidOperationException($"label {fixup.Label} was branched to but never marked");
            }

            BitConverter.TryWriteBytes(_bytes.AsSpan(fixup.Position), target - fixup.Origin);
        }
    }

    private void WriteVariable(ILOpCode? first, ILOpCode shortForm, ILOpCode longForm, int index, int pops, int pushes)
    {
        if (first is { } compact && index < 4)
        {
            Log((ILOpCode)((int)compact + index));
            WriteOpcode((ILOpCode)((int)compact + index));
        }
        else if (index <= byte.MaxValue)
        {
            Log(shortForm, index);
            WriteOpcode(shortForm);
            WriteByte((byte)index);
        }
        else
        {
            Log(longForm, index);
            WriteOpcode(longForm);
            Reserve(sizeof(ushort));
            BitConverter.TryWriteBytes(_bytes.AsSpan(Length), checked((ushort)index));
            Length += sizeof(ushort);
        }

        Adjust(pops, pushes);
    }

    private void WriteOpcode(ILOpCode opcode)
    {
        Reserve(2);
        if ((int)opcode > byte.MaxValue)
        {
            _bytes[Length++] = (byte)((int)opcode >> 8);
        }

        _bytes[Length++] = (byte)opcode;
    }

    private void WriteByte(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    private void Write(int value)
    {
        Reserve(sizeof(int));
        BitConverter.TryWriteBytes(_bytes.AsSpan(Length), value);
        Length += sizeof(int);
    }

    private void Write(long value)
    {
        Reserve(sizeof(long));
        BitConverter.TryWriteBytes(_bytes.AsSpan(Length), value);
        Length += sizeof(long);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int count)
    {
        if (Length + count > _bytes.Length)
        {
            Grow();
        }
    }

    private void Grow()
    {
        if (_bytes.Length >= MaxBodyBytes)
        {
            throw new CompilationLimitException("too much code");
        }

        Array.Resize(ref _bytes, _bytes.Length * 2);
    }

    private void Adjust(int pops, int pushes)
    {
        _depth -= pops;
        if (_depth < 0)
        {
            throw new InvalidOperationException("the evaluation stack went below empty");
        }

        _depth += pushes;
        MaxStack = Math.Max(MaxStack, _depth);
    }

    private void RequireEmptyStack(ILOpCode opcode)
    {
        if (_depth != 0)
        {
            throw new InvalidOperationException($"{opcode} with {_depth} more values on the evaluation stack");
        }
    }

    private void Log(ILOpCode opcode) => Listing?.Append("    ").Append(Mnemonic(opcode)).Append('\n');

    private void Log(ILOpCode opcode, long operand) =>
        Listing?.Append("    ").Append(Mnemonic(opcode)).Append(' ').Append(operand).Append('\n');

    private void Log(ILOpCode opcode, double operand) =>
        Listing?.Append("    ").Append(Mnemonic(opcode)).Append(' ').Append(operand.ToString("R", CultureInfo.InvariantCulture)).Append('\n');

    private void Log(ILOpCode opcode, string operand) =>
        Listing?.Append("    ").Append(Mnemonic(opcode)).Append(' ').Append(operand).Append('\n');

    private static string Mnemonic(ILOpCode opcode) => opcode.ToString().ToLowerInvariant().Replace('_', '.');

    /// <summary>Offsets of protected code, its filter and its handler.</summary>
    public readonly record struct FilterRegion(int Start, int Filter, int Handler, int End);

    private readonly record struct Fixup(int Position, int Origin, int Label);
}
