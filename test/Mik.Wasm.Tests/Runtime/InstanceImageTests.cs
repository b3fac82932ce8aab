using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Runtime;

public sealed class InstanceImageTests
{
    [Fact]
    public void Restoring_undoes_every_change()
    {
        using var store = new Store(TestModules.Engine);
        var instance = MutableInstance.Create(store);
        var image = instance.Capture();

        MutableInstance.Mutate(instance);
        instance.Restore(image);

        MutableInstance.AssertAsCaptured(instance);
    }

    [Fact]
    public void An_image_can_be_set_on_another_instance()
    {
        using var first = new Store(TestModules.Engine);
        using var second = new Store(TestModules.Engine);
        var module = TestModules.Engine.Compile(MutableInstance.Module(), "test");
        var original = module.Instantiate(first, []);
        TestModules.Export<Memory>(original, "memory").Slice(100_000, 4).Fill(3);
        var image = original.Capture();
        first.Dispose();

        var copy = module.Instantiate(second, []);
        MutableInstance.Mutate(copy);
        copy.Restore(image);

        MutableInstance.AssertAsCaptured(copy);
        Assert.Equal([3, 3, 3, 3], TestModules.Export<Memory>(copy, "memory").Slice(100_000, 4).ToArray());
    }

    [Fact]
    public void An_instance_made_of_an_image_starts_where_the_image_was_taken()
    {
        using var first = new Store(TestModules.Engine);
        using var second = new Store(TestModules.Engine);
        var module = TestModules.Engine.Compile(MutableInstance.Module(), "test");
        var original = module.Instantiate(first, []);
        TestModules.Export<Memory>(original, "memory").Slice(100_000, 4).Fill(3);
        var image = original.Capture();
        first.Dispose();

        for (var round = 0; round < 2; round++)
        {
            var copy = module.Instantiate(second, [], image);

            MutableInstance.AssertAsCaptured(copy);
            Assert.Equal([3, 3, 3, 3], TestModules.Export<Memory>(copy, "memory").Slice(100_000, 4).ToArray());
            MutableInstance.Mutate(copy);
            TestModules.Export<Memory>(copy, "memory").Slice(100_000, 4).Fill(9);
            copy.Restore(image);

            MutableInstance.AssertAsCaptured(copy);
            Assert.Equal([3, 3, 3, 3], TestModules.Export<Memory>(copy, "memory").Slice(100_000, 4).ToArray());
            MutableInstance.Mutate(copy);
        }
    }

    [Fact]
    public void An_image_of_another_module_is_refused()
    {
        using var store = new Store(TestModules.Engine);
        var image = MutableInstance.Create(store).Capture();

        Assert.Throws<ArgumentException>(() => MutableInstance.Create(store).Restore(image));
    }

    /// <summary>
    /// Whatever ran before: after setting back, memories, their sizes, tables, globals and dropped segments are the image's. The seed is in
    /// the message of a failure; <c>MIK_SEED</c> runs it again.
    /// </summary>
    [Theory]
    [InlineData(MemoryBounds.Automatic, MemoryAllocation.Pooled, true)]
    [InlineData(MemoryBounds.Automatic, MemoryAllocation.Pooled, false)]
    [InlineData(MemoryBounds.Automatic, MemoryAllocation.OnDemand, true)]
    [InlineData(MemoryBounds.ExplicitChecks, MemoryAllocation.Pooled, true)]
    public void Nothing_of_any_run_survives_setting_back(MemoryBounds bounds, MemoryAllocation allocation, bool isInUse)
    {
        const int Seeds = 12;
        var engine = new Engine(new EngineOptions { MemoryBounds = bounds, Allocation = allocation });
        var module = engine.Compile(ChangingInstance.Module(), "changing");
        ChangingInstance.State untouched;
        using (var store = new Store(engine))
        {
            untouched = new ChangingInstance(module.Instantiate(store, [])).Read();
        }

        var given = Environment.GetEnvironmentVariable("MIK_SEED");
        for (var i = 0; i < (given is null ? Seeds : 1); i++)
        {
            var seed = given is null ? Random.Shared.Next() : int.Parse(given, System.Globalization.CultureInfo.InvariantCulture);
            CheckAllWaysBack(engine, module, untouched, seed, isInUse);
        }
    }

    [Fact]
    public void Sizes_are_exchanged_within_the_limit_of_the_store()
    {
        var module = TestModules.Engine.Compile(ChangingInstance.Module(), "changing");
        InstanceImage image;
        using (var store = new Store(TestModules.Engine))
        {
            // The first memory has 2 pages and grows to 7, the first table has 4 elements and grows to 9.
            var grown = module.Instantiate(store, []);
            Call(grown, "grow0", 5);
            Call(grown, "growFunctions", 5, 0);
            image = grown.Capture();
        }

        // Here the second ones grew instead, and there is room for no more.
        using var full = new Store(TestModules.Engine, new StoreLimits { MaxMemoryBytes = 8 * 65_536, MaxTableElements = 12 });
        var other = module.Instantiate(full, []);
        Call(other, "grow1", 5);
        Call(other, "growHost", 0, 5);
        other.Restore(image);

        Assert.Equal([7 * 65_536L, 65_536L], other.Memories.Select(static m => m.Length));
        Assert.Equal([9L, 3L], other.Tables.Select(static t => t.Length));
        Assert.False(full.MemoryLimitHit);
    }

    private static void Call(Instance instance, string name, params ulong[] arguments) =>
        TestModules.Export<Func>(instance, name).Invoke(arguments, new ulong[1]);

    [Fact]
    public void Random_runs_do_everything_that_code_can_do()
    {
        using var store = new Store(TestModules.Engine);
        var module = TestModules.Engine.Compile(ChangingInstance.Module(), "changing");
        var random = new Random(1);
        var done = new HashSet<string?>();
        for (var run = 0; run < 50; run++)
        {
            var instance = new ChangingInstance(module.Instantiate(store, []));
            for (var i = 0; i < 60; i++)
            {
                done.Add(instance.Change(random));
            }
        }

        Assert.Empty(ChangingInstance.Names.Except(done));
        Assert.Contains(null, done);
    }

    private static void CheckAllWaysBack(Engine engine, Module module, ChangingInstance.State untouched, int seed, bool isInUse)
    {
        var random = new Random(seed);
        InstanceImage image;
        ChangingInstance.State state;
        using (var store = new Store(engine))
        {
            var first = new ChangingInstance(module.Instantiate(store, []));
            Assert.True(untouched.Difference(first.Read()) is null, $"seed {seed}: a fresh instance is not fresh");
            Run(first, random, random.Next(60));
            image = first.Instance.Capture();
            var checkpoint = first.Instance.Checkpoint();
            state = first.Read();
            for (var round = 0; round < 8; round++)
            {
                // Whoever is told of the use may set back less. The later rounds change little that the earlier ones have not changed.
                if (isInUse)
                {
                    store.BeginUse();
                }

                Run(first, random, round < 4 ? 20 + random.Next(120) : random.Next(4));
                if (isInUse)
                {
                    store.EndUse();
                }
                else
                {
                    Assert.False(round < 4 && state.Difference(first.Read()) is null, $"seed {seed}: nothing changed");
                }

                if (round % 2 == 0)
                {
                    first.Instance.Restore(image);
                }
                else
                {
                    first.Instance.Restore(checkpoint);
                }

                Check(first, $"round {round}");
            }
        }

        for (var round = 0; round < 3; round++)
        {
            // Another instance set to the image, and one that starts as it; their memories may be those that earlier ones left behind.
            using var store = new Store(engine);
            var other = new ChangingInstance(module.Instantiate(store, []));
            Assert.True(untouched.Difference(other.Read()) is null, $"seed {seed}: a later instance is not fresh");
            Run(other, random, random.Next(60));
            other.Instance.Restore(image);
            Check(other, $"other instance, round {round}");

            var made = new ChangingInstance(module.Instantiate(store, [], image));
            Check(made, $"instance of the image, round {round}");
            Run(made, random, random.Next(60));
            made.Instance.Restore(image);
            Check(made, $"instance of the image set back, round {round}");
            Run(made, random, random.Next(60));
        }

        void Check(ChangingInstance instance, string which)
        {
            var difference = state.Difference(instance.Read());
            Assert.True(difference is null, $"seed {seed}, {which}: {difference}");
        }
    }

    private static void Run(ChangingInstance instance, Random random, int changes)
    {
        for (var i = 0; i < changes; i++)
        {
            instance.Change(random);
        }
    }
}
