using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Tests.Runtime;

public sealed class HandleTableTests
{
    private static readonly ResourceType Kind = new("kind");

    [Fact]
    public void Handles_count_from_one_and_the_last_freed_is_used_first()
    {
        var table = new HandleTable();
        var handles = Enumerable.Range(0, 4).Select(i => table.Add(Own((uint)i))).ToArray();
        Assert.Equal([1u, 2u, 3u, 4u], handles);

        table.Remove(2, Kind);
        table.Remove(3, Kind);

        Assert.Equal(3u, table.Add(Own(9)));
        Assert.Equal(2u, table.Add(Own(9)));
        Assert.Equal(5u, table.Add(Own(9)));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(2u)]
    [InlineData(uint.MaxValue)]
    public void Unknown_handles_trap(uint index)
    {
        var table = new HandleTable();
        table.Add(Own(1));

        var trap = Assert.Throws<TrapException>(() => { table.Get(index, Kind); });

        Assert.Contains("unknown handle index", trap.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Handle_of_another_type_traps()
    {
        var table = new HandleTable();
        table.Add(Own(1));

        Assert.Throws<TrapException>(() => { table.Get(1, new ResourceType("kind")); });
    }

    [Fact]
    public void Lent_handle_cannot_be_removed()
    {
        var table = new HandleTable();
        table.Add(Own(7));
        table.AddLend(1, 1);
        Assert.Throws<TrapException>(() => { table.Remove(1, Kind); });

        table.AddLend(1, -1);

        Assert.Equal(7u, table.Remove(1, Kind).Representation);
        Assert.Throws<TrapException>(() => { table.Get(1, Kind); });
    }

    private static ResourceHandle Own(uint representation) =>
        new() { Resource = Kind, Representation = representation, IsOwn = true };
}
