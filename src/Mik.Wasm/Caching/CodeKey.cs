using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using Mik.Wasm.Runtime;

namespace Mik.Wasm.Caching;

/// <summary>
/// Names compiled code after everything that decides it: the module's bytes, what the engine was asked for, and the builds of engine,
/// runtime and processor. Equal keys mean equal code.
/// </summary>
/// <param name="Text">64 lower-case hexadecimal digits.</param>
internal readonly record struct CodeKey(string Text)
{
    private static readonly byte[] Surroundings = Describe();

    public static CodeKey Of(ReadOnlySpan<byte> module, Engine engine)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Surroundings);

        // The record's text has all of its properties, those of the future included.
        hash.AppendData(Encoding.UTF8.GetBytes($"{engine.Options with { Cache = null }}, UsesGuardPages = {engine.UsesGuardPages}\n"));
        hash.AppendData(module);
        return new CodeKey(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    // Builds by their module version ids, which change with every change of a source.
    private static byte[] Describe()
    {
        var text = new StringBuilder("code 1\n")
            .AppendLine(typeof(CodeKey).Module.ModuleVersionId.ToString())
            .AppendLine(typeof(object).Module.ModuleVersionId.ToString());
        if (X86Base.IsSupported)
        {
            Span<byte> registers = stackalloc byte[16];
            foreach (var leaf in (ReadOnlySpan<int>)[0, 1, 7])
            {
                var (eax, ebx, ecx, edx) = X86Base.CpuId(leaf, 0);
                BinaryPrimitives.WriteInt32LittleEndian(registers, eax);

                // Of leaf 1, this register tells on which core the thread is right now.
                BinaryPrimitives.WriteInt32LittleEndian(registers[4..], leaf == 1 ? 0 : ebx);
                BinaryPrimitives.WriteInt32LittleEndian(registers[8..], ecx);
                BinaryPrimitives.WriteInt32LittleEndian(registers[12..], edx);
                text.AppendLine(Convert.ToHexString(registers));
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
