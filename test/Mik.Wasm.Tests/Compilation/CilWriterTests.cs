using System.Reflection.Metadata;
using Mik.Wasm.Compilation;
using Xunit;

namespace Mik.Wasm.Tests.Compilation;

public sealed class CilWriterTests
{
    private readonly CilWriter _cil = new();

    [Fact]
    public void Maximum_stack_is_exact()
    {
        _cil.LoadInt32(1);
        _cil.LoadInt32(2);
        _cil.LoadInt32(3);
        _cil.Emit(ILOpCode.Add);
        _cil.EmitToken(ILOpCode.Call, 0x06000001, pops: 2, pushes: 1);
        _cil.Emit(ILOpCode.Pop);
        Assert.Equal(3, _cil.MaxStack);

        _cil.Reset();
        Assert.Equal(0, _cil.MaxStack);
    }

    [Fact]
    public void Shortest_form_of_a_constant_is_used()
    {
        _cil.LoadInt32(-1);
        Assert.Equal(1, _cil.Length);
        _cil.LoadInt32(-128);
        Assert.Equal(3, _cil.Length);
        _cil.LoadInt32(128);
        Assert.Equal(8, _cil.Length);
        _cil.LoadInt64(int.MinValue);
        Assert.Equal(14, _cil.Length);
        _cil.LoadInt64(long.MaxValue);
        Assert.Equal(23, _cil.Length);
    }

    [Fact]
    public void Label_with_values_on_the_stack_is_a_bug()
    {
        var label = _cil.DefineLabel();
        _cil.LoadInt32(1);

        Assert.Throws<InvalidOperationException>(() => _cil.MarkLabel(label));
        Assert.Throws<InvalidOperationException>(() => _cil.Branch(ILOpCode.Br, label));
    }

    [Fact]
    public void Branch_to_a_label_that_is_never_marked_is_a_bug()
    {
        _cil.Branch(ILOpCode.Br, _cil.DefineLabel());

        Assert.Throws<InvalidOperationException>(_cil.Finish);
    }

    [Fact]
    public void Too_many_locals_are_refused()
    {
        Assert.Throws<CompilationLimitException>(() =>
        {
            for (var i = 0; i <= ushort.MaxValue; i++)
            {
                _cil.DeclareLocal(SignatureTypeCode.Int32);
            }
        });
    }
}
