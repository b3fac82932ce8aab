using System.Reflection;
using System.Runtime.Intrinsics;
using Mik.Wasm.Binary;
using Mik.Wasm.Compilation;
using Xunit;

namespace Mik.Wasm.Tests.Compilation;

public sealed class VectorLoweringTests
{
    private static IEnumerable<Opcode> Lowered => Enum.GetValues<Opcode>().Where(static o => o >= Opcode.V128Load)
        .Except([Opcode.V128Load, Opcode.V128Store, Opcode.V128Const, Opcode.I8x16Shuffle]);

    [Fact]
    public void Every_method_exists_with_that_signature()
    {
        var methods = Lowered.Select(VectorLowering.Of)
            .SelectMany(static l => l.Steps.Select(static s => s.Method).Concat(l.Prepare))
            .Concat([VectorMethods.Create, VectorMethods.Keep, VectorMethods.ShuffleBytes, VectorMethods.ShuffleWords])
            .OfType<VectorMethod>()
            .Distinct();

        Assert.All(methods, static m => Assert.True(Exists(m), m.ToString()));
    }

    [Fact]
    public void Stack_effects_add_up()
    {
        foreach (var opcode in Lowered.Where(static o => OpcodeTable.Of(o).Immediate == ImmediateKind.None))
        {
            var facts = OpcodeTable.Of(opcode);
            var lowering = VectorLowering.Of(opcode);
            var depth = facts.Operands.Length;
            foreach (var step in lowering.Steps)
            {
                depth += step.Method is { } method
                    ? (method.Result.Length == 0 ? 0 : 1) - method.ParameterCount
                    : CilStackEffect.Pushes(step.Opcode) - CilStackEffect.Pops(step.Opcode);
            }

            Assert.True(depth == facts.Results.Length, $"{opcode} leaves {depth} values");
            Assert.True(lowering.Prepare.Length == 0 || lowering.Prepare.Length == facts.Operands.Length, $"{opcode}");
            Assert.True(lowering.Order.Length == 0 || lowering.Order.Order().SequenceEqual(Enumerable.Range(0, facts.Operands.Length)), $"{opcode}");
        }
    }

    private static bool Exists(VectorMethod method) => method.Type.GetMethods(BindingFlags.Static | BindingFlags.Public)
        .Where(m => m.Name == method.Name && m.IsGenericMethod == method.IsGeneric)
        .Select(m => m.IsGenericMethod ? m.MakeGenericMethod(Lane(method.TypeArgument)) : m)
        .Any(m => m.GetParameters().Select(static p => p.ParameterType).SequenceEqual(Types(method.Parameters.ToString(), method.TypeArgument))
            && m.ReturnType == Types(method.Result.ToString(), method.TypeArgument).SingleOrDefault(typeof(void)));

    private static IEnumerable<Type> Types(string letters, char typeArgument)
    {
        for (var i = 0; i < letters.Length; i++)
        {
            var isVector = letters[i] == '*';
            i += isVector ? 1 : 0;
            var lane = Lane(letters[i] == 'T' ? typeArgument : letters[i]);
            yield return isVector ? typeof(Vector128<>).MakeGenericType(lane) : lane;
        }
    }

    private static Type Lane(char letter) => letter switch
    {
        'z' => typeof(bool),
        'c' => typeof(sbyte),
        'b' => typeof(byte),
        's' => typeof(short),
        'w' => typeof(ushort),
        'i' => typeof(int),
        'u' => typeof(uint),
        'I' => typeof(long),
        'U' => typeof(ulong),
        'f' => typeof(float),
        'F' => typeof(double),
        _ => throw new ArgumentException($"no type has the letter {letter}"),
    };
}
