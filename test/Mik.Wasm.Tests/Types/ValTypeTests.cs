using Mik.Wasm.Types;
using Xunit;

namespace Mik.Wasm.Tests.Types;

public sealed class ValTypeTests
{
    private static readonly FuncType Nothing = new([], []);
    private static readonly FuncType Number = new([ValType.I32], []);

    [Fact]
    public void Equal_function_types_give_equal_references()
    {
        var again = ValTypes.ReferenceTo(new FuncType([ValType.I32], []), isNullable: true);

        Assert.Equal(ValTypes.ReferenceTo(Number, isNullable: true), again);
        Assert.NotEqual(ValTypes.ReferenceTo(Nothing, isNullable: true), again);
        Assert.Equal(Number, again.ReferencedFunction());
        Assert.Null(ValType.FuncRef.ReferencedFunction());
    }

    [Fact]
    public void References_match_what_allows_more()
    {
        var nullable = ValTypes.ReferenceTo(Number, isNullable: true);
        var never = ValTypes.ReferenceTo(Number, isNullable: false);

        Assert.True(never.Matches(nullable));
        Assert.True(never.Matches(ValType.FuncRef.WithoutNull()));
        Assert.True(nullable.Matches(ValType.FuncRef));
        Assert.False(nullable.Matches(never));
        Assert.False(ValType.FuncRef.Matches(nullable));
        Assert.False(never.Matches(ValTypes.ReferenceTo(Nothing, isNullable: true)));
        Assert.False(nullable.Matches(ValType.ExternRef));
        Assert.False(ValType.ExnRef.Matches(ValType.FuncRef));
        Assert.False(ValType.I32.Matches(ValType.I64));
        Assert.True(ValTypes.BottomRef.Matches(never));
        Assert.True(ValTypes.BottomRef.Matches(ValType.ExternRef));
        Assert.False(ValTypes.BottomRef.Matches(ValType.I32));
    }

    [Fact]
    public void Only_references_that_are_never_null_have_no_default()
    {
        Assert.True(ValType.V128.IsDefaultable());
        Assert.True(ValTypes.ReferenceTo(Nothing, isNullable: true).IsDefaultable());
        Assert.False(ValType.ExternRef.WithoutNull().IsDefaultable());
        Assert.Equal(ValType.ExternRef, ValType.ExternRef.WithoutNull().WithNull());
    }

    [Fact]
    public void Text_of_a_type_that_names_many_others_stays_short()
    {
        var type = Nothing;
        for (var i = 0; i < 1000; i++)
        {
            var reference = ValTypes.ReferenceTo(type, isNullable: false);
            type = new FuncType([reference, reference], []);
        }

        Assert.InRange(type.ToString().Length, 1, 100);
        Assert.Equal("(ref null func) exnref", $"(ref null func) {ValType.ExnRef.Text()}");
        Assert.Equal("(ref extern)", ValType.ExternRef.WithoutNull().Text());
    }
}
