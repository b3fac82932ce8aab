using Mik.Wasm.Types;
using Mik.Wasm.Validation;
using Xunit;

namespace Mik.Wasm.Tests.Validation;

public sealed class LocalTypesTests
{
    [Fact]
    public void Types_are_found_at_both_ends_of_every_run()
    {
        var locals = new LocalTypes();
        locals.Reset([ValType.I64], [new(0, ValType.F32), new(100, ValType.I32), new(1, ValType.FuncRef), new(40_000, ValType.F64)]);

        Assert.Equal(40_102u, locals.Count);
        Assert.Equal(
            [ValType.I64, ValType.I32, ValType.I32, ValType.I32, ValType.I32, ValType.FuncRef, ValType.F64, ValType.F64],
            new uint[] { 0, 1, 63, 64, 100, 101, 102, 40_101 }.Select(locals.TypeOf));
    }

    [Fact]
    public void Reset_forgets_the_previous_function()
    {
        var locals = new LocalTypes();
        locals.Reset([ValType.F64, ValType.F64], []);
        locals.Reset([], [new(1, ValType.I32)]);

        Assert.Equal(1u, locals.Count);
        Assert.Equal(ValType.I32, locals.TypeOf(0));
    }
}
