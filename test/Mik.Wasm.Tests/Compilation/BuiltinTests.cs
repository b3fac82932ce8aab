using System.Reflection;
using Mik.Wasm.Compilation;
using Xunit;

namespace Mik.Wasm.Tests.Compilation;

public sealed class BuiltinTests
{
    [Fact]
    public void Every_builtin_has_a_row_that_names_an_existing_method()
    {
        Assert.Equal(Enum.GetValues<Builtin>(), BuiltinTable.All.ToArray().Select(static r => r.Builtin).Order());
        foreach (var row in BuiltinTable.All)
        {
            var method = row.Type.GetMethod(
                row.Name,
                BindingFlags.Static | BindingFlags.Public,
                [.. row.Parameters.ToArray().Select(static letter => TypeOf(letter))]);

            Assert.True(method is not null, $"{row.Type.Name}.{row.Name}({row.Signature}) does not exist");
            Assert.Equal(row.Result is { } result ? TypeOf(result) : typeof(void), method.ReturnType);
        }
    }

    private static Type TypeOf(char letter) => letter switch
    {
        'n' => typeof(nint),
        'i' => typeof(int),
        'u' => typeof(uint),
        'I' => typeof(long),
        'U' => typeof(ulong),
        'f' => typeof(float),
        'F' => typeof(double),
        _ => typeof(Exception),
    };
}
