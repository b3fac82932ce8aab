using Mik.Wasm.Types;

namespace Mik.Wasm.Tests.Binary;

/// <summary>Writes modules byte by byte, also wrong ones: sections appear as they are added, unchecked.</summary>
internal sealed class ModuleBytes
{
    public const byte Empty = 0x40;
    public const byte I32 = (byte)ValType.I32;
    public const byte I64 = (byte)ValType.I64;
    public const byte F32 = (byte)ValType.F32;
    public const byte F64 = (byte)ValType.F64;
    public const byte V128 = (byte)ValType.V128;
    public const byte FuncReference = (byte)ValType.FuncRef;
    public const byte ExternReference = (byte)ValType.ExternRef;
    public const byte End = 0x0B;

    private readonly List<byte> _bytes = [0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0];

    public ModuleBytes Section(byte id, params byte[] content)
    {
        _bytes.Add(id);
        _bytes.AddRange(Leb((uint)content.Length));
        _bytes.AddRange(content);
        return this;
    }

    /// <summary>A section that is a vector of items.</summary>
    public ModuleBytes Items(byte id, params byte[][] items) => Section(id, Vector(items));

    public ModuleBytes Types(params byte[][] types) => Items(1, types);

    public ModuleBytes Functions(params byte[] typeIndices) => Section(3, [(byte)typeIndices.Length, .. typeIndices]);

    public ModuleBytes Table(byte element = FuncReference, byte min = 1) => Section(4, 1, element, 0, min);

    public ModuleBytes Memory(byte min = 1) => Section(5, 1, 0, min);

    /// <summary>Bodies without locals; their final <c>end</c> is added.</summary>
    public ModuleBytes Code(params byte[][] bodies) => Items(10, [.. bodies.Select(static b => Body([0, .. b, End]))]);

    public ModuleBytes Custom(string name, params byte[] content) => Section(0, [.. Name(name), .. content]);

    public byte[] ToArray() => [.. _bytes];

    /// <summary>A module whose only function has that type and code and one memory and one function table to use.</summary>
    public static byte[] WithFunction(byte[] parameters, byte[] results, params byte[] code) =>
        new ModuleBytes().Types(FuncType(parameters, results)).Functions(0).Table().Memory().Code(code).ToArray();

    public static byte[] FuncType(byte[] parameters, byte[] results) =>
        [0x60, .. Leb((uint)parameters.Length), .. parameters, .. Leb((uint)results.Length), .. results];

    public static byte[] Vector(params byte[][] items) => [.. Leb((uint)items.Length), .. items.SelectMany(static i => i)];

    public static byte[] Name(string name)
    {
        var utf8 = System.Text.Encoding.UTF8.GetBytes(name);
        return [.. Leb((uint)utf8.Length), .. utf8];
    }

    /// <summary>A body with its size; <paramref name="content"/> starts with the local declarations.</summary>
    public static byte[] Body(byte[] content) => [.. Leb((uint)content.Length), .. content];

    public static byte[] Leb(uint value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
