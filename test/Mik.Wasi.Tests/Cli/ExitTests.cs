using Mik.Components.Runtime;

namespace Mik.Wasi.Tests.Cli;

public sealed class ExitTests
{
    [Fact]
    public void Exit_unwinds_with_its_code()
    {
        using var guest = new Guest();

        Assert.Equal(0, Assert.Throws<GuestExitException>(() => guest.Call("wasi:cli/exit#exit", ComponentValue.Ok())).Code);
        Assert.Equal(1, Assert.Throws<GuestExitException>(() => guest.Call("wasi:cli/exit#exit", ComponentValue.Error())).Code);
        Assert.Equal(42, Assert.Throws<GuestExitException>(() => guest.Call("wasi:cli/exit#exit-with-code", ComponentValue.U32(42))).Code);
    }
}
