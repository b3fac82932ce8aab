namespace Mik.Wasi.Tests.Cli;

public sealed class CommandEnvironmentTests
{
    [Fact]
    public void Guests_see_configured_variables_and_nothing_else()
    {
        using var guest = new Guest(new WasiContext { Environment = [new("A", "1")], Arguments = ["handler"] });

        var pair = Assert.Single(guest.Call("wasi:cli/environment#get-environment").AsValues.ToArray()).AsValues;

        Assert.Equal("A", pair[0].AsString);
        Assert.Equal("1", pair[1].AsString);
        Assert.Equal("handler", guest.Call("wasi:cli/environment#get-arguments").AsValues[0].AsString);
        Assert.False(guest.Call("wasi:cli/environment#initial-cwd").IsSome);
    }

    [Fact]
    public void There_is_no_terminal_and_no_directory()
    {
        using var guest = new Guest();

        Assert.False(guest.Call("wasi:cli/terminal-stdin#get-terminal-stdin").IsSome);
        Assert.False(guest.Call("wasi:cli/terminal-stdout#get-terminal-stdout").IsSome);
        Assert.False(guest.Call("wasi:cli/terminal-stderr#get-terminal-stderr").IsSome);
        Assert.True(guest.Call("wasi:filesystem/preopens#get-directories").AsValues.IsEmpty);
    }
}
