using System.Runtime;
using Microsoft.Extensions.Time.Testing;
using Mik.TestKit;
using Mik.Wasm.Binary;
using Mik.Wasm.Caching;
using Mik.Wasm.Runtime;
using Mik.Wasm.Tests.Compilation;
using Mik.Wasm.Tests.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Caching;

public sealed class CodeCacheTests
{
    private static readonly CancellationToken NoCancellation = TestContext.Current.CancellationToken;

    [Fact]
    public void A_module_is_compiled_once_and_found_by_the_next_process()
    {
        using var directory = new CacheDirectory();
        var first = directory.Open();

        Assert.Equal(42U, Run(first, 42));
        Assert.Equal((0, 1, 1), (first.Found, first.Missed, first.Measure().Waiting));
        Assert.Equal(1, first.CompileWaiting(NoCancellation));

        var second = directory.Open();
        Assert.Equal(42U, Run(second, 42));
        Assert.Equal((1, 0), (second.Found, second.Missed));
        Assert.Equal((1, 0), (second.Measure().Modules, second.Measure().Waiting));
        Assert.Equal(0, second.CompileWaiting(NoCancellation));
        Assert.Equal(1, directory.CompilerRuns);
    }

    [Fact]
    public void Code_from_the_delivered_compiler_runs()
    {
        Assert.SkipUnless(Crossgen.DeliveredFile() is not null, "crossgen2 was not fetched");
        using var directory = new CacheDirectory();
        CodeCache Open() => CodeCache.Open(directory.Options() with { CompilerFile = Crossgen.DeliveredFile() }, out _)!;
        var first = Open();
        Run(first, 7);

        Assert.Equal(1, first.CompileWaiting(NoCancellation));

        var second = Open();
        Assert.Equal(7U, Run(second, 7));
        Assert.Equal(1, second.Found);
    }

    [Fact]
    public void Everything_the_delivered_compiler_is_given_becomes_machine_code()
    {
        Assert.SkipUnless(Crossgen.DeliveredFile() is not null, "crossgen2 was not fetched");
        using var directory = new CacheDirectory();
        var cache = CodeCache.Open(directory.Options() with { CompilerFile = Crossgen.DeliveredFile() }, out _)!;
        RunTrapping(cache, 1);
        cache.CompileWaiting(NoCancellation);
        RunTrapping(cache, 2);

        // Everything of ours that runs here has run by now, so that only the guest itself could need the JIT compiler.
        var compiled = RunTrapping(CodeCache.Open(directory.Options(), out _)!, 1);

        Assert.Equal(0, compiled);
    }

    [Fact]
    public void Vectors_compute_the_same_in_code_from_the_delivered_compiler()
    {
        Assert.SkipUnless(Crossgen.DeliveredFile() is not null, "crossgen2 was not fetched");
        using var directory = new CacheDirectory();
        CodeCache Open() => CodeCache.Open(directory.Options() with { CompilerFile = Crossgen.DeliveredFile() }, out _)!;
        var first = Open();
        var expected = RunVectors(first);
        first.CompileWaiting(NoCancellation);

        var second = Open();
        Assert.Equal(expected, RunVectors(second));
        Assert.Equal(1, second.Found);
    }

    [Fact]
    public void Another_module_and_other_options_are_not_found()
    {
        using var directory = new CacheDirectory();
        var first = directory.Open();
        Run(first, 1);
        first.CompileWaiting(NoCancellation);

        var second = directory.Open();
        Run(second, 2);
        new Engine(new EngineOptions { Cache = second, MemoryBounds = MemoryBounds.ExplicitChecks }).Compile(Module(1), "test");

        Assert.Equal((0, 2), (second.Found, second.Missed));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("empty")]
    [InlineData("altered")]
    [InlineData("another module's")]
    [InlineData("writable by others")]
    [InlineData("somebody else's")]
    [InlineData("a link")]
    [InlineData("not sealed")]
    public void Files_that_are_not_what_they_should_be_are_not_run_and_made_again(string defect)
    {
        using var directory = new CacheDirectory();
        var first = directory.Open();
        Run(first, 1);
        first.CompileWaiting(NoCancellation);
        var file = Assert.Single(directory.Files("code"));
        Run(first, 2);
        first.CompileWaiting(NoCancellation);
        Spoil(file, defect, directory.Files("code").Single(f => f != file));

        var second = directory.Open();
        Assert.Equal(1U, Run(second, 1));
        Assert.Equal((0, 1), (second.Found, second.Missed));
        Assert.Equal(1, second.CompileWaiting(NoCancellation));

        var third = directory.Open();
        Assert.Equal(1U, Run(third, 1));
        Assert.Equal((1, 0), (third.Found, third.Missed));
    }

    [Fact]
    public void An_assembly_that_is_not_the_emitters_is_not_run_and_made_again()
    {
        using var directory = new CacheDirectory("echo no assembly > \"$3\"");
        var first = directory.Open();
        Run(first, 1);
        Assert.Equal(1, first.CompileWaiting(NoCancellation));

        var second = directory.Open();

        Assert.Equal(1U, Run(second, 1));
        Assert.Equal((0, 1), (second.Found, second.Missed));
        Assert.Empty(directory.Files("code"));
    }

    [Fact]
    public void Waiting_assemblies_that_were_altered_are_not_compiled()
    {
        using var directory = new CacheDirectory();
        var cache = directory.Open();
        Run(cache, 1);
        var waiting = Assert.Single(directory.Files("dll"));
        File.WriteAllBytes(waiting, File.ReadAllBytes(waiting)[..^1]);

        Assert.Equal(0, cache.CompileWaiting(NoCancellation));

        Assert.Equal((0, 0), (cache.Measure().Modules, cache.Measure().Waiting));
        Assert.Equal(0, directory.CompilerRuns);
    }

    [Fact]
    public void What_the_compiler_refuses_is_not_offered_again()
    {
        using var directory = new CacheDirectory("exit 1");
        var first = directory.Open();
        Run(first, 1);
        Assert.Equal(0, first.CompileWaiting(NoCancellation));

        var second = directory.Open();
        Assert.Equal(1U, Run(second, 1));

        Assert.Equal(0, second.Measure().Waiting);
        second.Clear();
        Run(directory.Open(), 1);
        Assert.Equal(1, second.Measure().Waiting);
    }

    [Fact]
    public void Without_a_compiler_nothing_waits_and_what_is_there_is_found()
    {
        using var directory = new CacheDirectory();
        var first = directory.Open();
        Run(first, 1);
        first.CompileWaiting(NoCancellation);

        var second = CodeCache.Open(directory.Options() with { CompilerFile = null }, out _)!;

        Assert.False(second.CanCompile);
        Assert.Equal(1U, Run(second, 1));
        Assert.Equal(2U, Run(second, 2));
        Assert.Equal((1, 1, 0), (second.Found, second.Missed, second.Measure().Waiting));
        Assert.Equal(0, second.CompileWaiting(NoCancellation));
    }

    [Fact]
    public void A_compiler_that_is_not_there_is_no_failure()
    {
        using var directory = new CacheDirectory();
        var cache = CodeCache.Open(directory.Options() with { CompilerFile = Path.Combine(directory.Path, "nothing") }, out _)!;

        Assert.Equal(1U, Run(cache, 1));

        Assert.Equal(0, cache.CompileWaiting(NoCancellation));
    }

    [Fact]
    public void The_least_recently_used_code_goes_when_there_is_too_much()
    {
        using var directory = new CacheDirectory();
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        var cache = directory.Open(time);
        for (var i = 1; i <= 3; i++)
        {
            Run(cache, i);
            cache.CompileWaiting(NoCancellation);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        // The first is used again; there is room for two and for what waits.
        Assert.Equal(1U, Run(directory.Open(time), 1));
        time.Advance(TimeSpan.FromMinutes(1));
        var small = directory.Open(time, maxBytes: cache.Measure().Bytes * 5 / 6);
        Run(small, 4);
        time.Advance(TimeSpan.FromMinutes(1));
        small.CompileWaiting(NoCancellation);

        var last = directory.Open(time);
        Assert.All([4, 1], i => Run(last, i));
        Assert.Equal((2, 0), (last.Found, last.Missed));
        Run(last, 2);
        Assert.Equal(1, last.Missed);
    }

    [Fact]
    public void What_waits_is_bounded_too()
    {
        using var directory = new CacheDirectory();
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        Run(directory.Open(time), 1);
        var small = directory.Open(time, maxBytes: directory.Open().Measure().Bytes * 5 / 2);

        for (var i = 2; i <= 5; i++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            Run(small, i);
        }

        Assert.Equal(2, small.Measure().Waiting);
    }

    [Fact]
    public void Code_larger_than_the_cache_is_not_kept()
    {
        using var directory = new CacheDirectory();
        var cache = directory.Open(maxBytes: 100);
        Run(cache, 1);

        Assert.Equal(0, cache.CompileWaiting(NoCancellation));

        Assert.Equal(0, cache.Measure().Modules);
    }

    [Fact]
    public void Drafts_of_processes_that_died_are_deleted()
    {
        using var directory = new CacheDirectory();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(1));
        var cache = directory.Open(time);
        File.WriteAllText(Path.Combine(directory.Path, "x.draft"), "half");
        Run(cache, 1);

        cache.CompileWaiting(NoCancellation);

        Assert.Empty(directory.Files("draft"));
    }

    [Fact]
    public void Cancelling_ends_the_compiler_and_leaves_the_module_waiting()
    {
        using var directory = new CacheDirectory("exec sleep 1000");
        var cache = directory.Open();
        Run(cache, 1);
        using var stop = new CancellationTokenSource();
        var compiling = Task.Run(() => cache.CompileWaiting(stop.Token), NoCancellation);
        SpinWait.SpinUntil(() => directory.CompilerRuns == 1);

        // Only one process compiles at a time.
        Assert.Equal(0, directory.Open().CompileWaiting(NoCancellation));
        stop.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => compiling.GetAwaiter().GetResult());
        Assert.Equal(1, cache.Measure().Waiting);
        Assert.Empty(directory.Files("draft"));
    }

    [Fact]
    public void Many_at_once_do_not_disturb_each_other()
    {
        using var directory = new CacheDirectory();
        Parallel.For(0, 32, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            // One cache each, as if each were a process.
            var cache = directory.Open();
            Assert.Equal((uint)(i % 4), Run(cache, i % 4));
            cache.CompileWaiting(CancellationToken.None);
            if (i % 8 == 7)
            {
                cache.Clear();
            }
        });

        var last = directory.Open();
        last.CompileWaiting(NoCancellation);
        Assert.All([0, 1, 2, 3], i => Assert.Equal((uint)i, Run(last, i)));
        Assert.Empty(directory.Files("draft"));
    }

    [Fact]
    public void A_module_that_comes_back_uses_the_code_it_had()
    {
        using var directory = new CacheDirectory();
        var cache = directory.Open();

        Run(cache, 1);
        Run(cache, 1);

        Assert.Single(cache.Loaded);
        Assert.Equal(1, cache.Missed);
    }

    [Fact]
    public void Unloadable_code_is_not_kept()
    {
        using var directory = new CacheDirectory();
        var cache = directory.Open();

        new Engine(new EngineOptions { Cache = cache, Unloadable = true }).Compile(Module(1), "test");

        Assert.Equal((0, 0, 0), (cache.Missed, cache.Measure().Waiting, cache.Loaded.Count));
    }

    [Fact]
    public void Invalid_modules_are_refused_and_do_not_wait()
    {
        using var directory = new CacheDirectory();
        var cache = directory.Open();
        var builder = new WasmModuleBuilder();
        builder.Function(builder.Type([], [WasmModuleBuilder.I32]), []);

        for (var i = 0; i < 2; i++)
        {
            Assert.Throws<ModuleValidationException>(() => new Engine(new EngineOptions { Cache = cache }).Compile(builder.Build(), "test"));
        }

        Assert.Equal(0, cache.Measure().Waiting);
    }

    [Fact]
    public void The_directory_is_its_users_alone()
    {
        using var directory = new CacheDirectory();
        directory.Open();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, CacheDirectory.ModeOf(directory.Path));

        CacheDirectory.LetOthersWrite(directory.Path);
        Assert.Null(CodeCache.Open(directory.Options(), out var problem));
        Assert.Contains("others may write to it", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_explained()
    {
        using var directory = new CacheDirectory();

        Assert.Null(CodeCache.Open(directory.Options() with { Directory = Path.Combine(directory.Compiler, "code") }, out var problem));

        Assert.NotNull(problem);
    }

    private static uint Run(CodeCache cache, int value)
    {
        var engine = new Engine(new EngineOptions { Cache = cache });
        using var store = new Store(engine);
        return TestModules.Call(TestModules.Export<Func>(engine.Compile(Module(value), "test").Instantiate(store, []), "run"), 0);
    }

    // The framework's instructions, the processor's own, methods of the engine, constants, shuffles and memory.
    private static ulong RunVectors(CodeCache cache)
    {
        var engine = new Engine(new EngineOptions { Cache = cache });
        using var store = new Store(engine);
        object[] reversed = [.. Enumerable.Range(0, 16).Select(static i => (object)(byte)(i % 2 == 0 ? 15 - i : 16 + i))];
        var module = new Assembler().Memory()
            .Function("run", "II>I>vv", Opcode.LocalGet, 0, Opcode.I64x2Splat, Opcode.LocalGet, 1, Opcode.I64x2ReplaceLane, (byte)1, Opcode.LocalSet, 2,
                Opcode.I32Const, 3, Opcode.LocalGet, 2, Opcode.V128Store, 0, 0,
                Opcode.I32Const, 5, Opcode.V128Load, 0, 0, Opcode.LocalGet, 2, Opcode.I8x16Swizzle, Opcode.LocalSet, 3,
                Opcode.LocalGet, 3, Opcode.LocalGet, 2, Opcode.F32x4Pmin, Opcode.LocalGet, 3, Opcode.I8x16Popcnt, Opcode.I16x8Q15mulrSatS,
                Opcode.V128Const, new UInt128(0x0102030405060708, 0x1112131415161718), Opcode.I8x16Shuffle, reversed,
                Opcode.I32Const, 3, Opcode.I16x8ShrU, Opcode.LocalGet, 2, Opcode.F64x2Min, Opcode.LocalTee, 2,
                Opcode.I64x2ExtractLane, (byte)0, Opcode.LocalGet, 2, Opcode.I64x2ExtractLane, (byte)1, Opcode.I64Sub);
        var run = TestModules.Export<Func>(engine.Compile(module.ToArray(), "test").Instantiate(store, []), "run");
        var results = new ulong[1];
        run.Invoke([0x0706_0504_0F02_0100, 0x3FF0_0000_0102_0304], results);
        return results[0];
    }

    // Methods that were compiled to make a call which traps.
    private static int RunTrapping(CodeCache cache, int value)
    {
        var engine = new Engine(new EngineOptions { Cache = cache });
        using var store = new Store(engine);
        var builder = new WasmModuleBuilder();
        var type = builder.Type([WasmModuleBuilder.I32], [WasmModuleBuilder.I32]);
        builder.Memory(1);
        builder.Function(type, [0x20, 0x00, 0x28, 0x02, 0x00, 0x04, 0x40, 0x00, 0x0B, 0x41, .. WasmModuleBuilder.SignedLeb(value)], export: "run");
        var run = TestModules.Export<Func>(engine.Compile(builder.Build(), "test").Instantiate(store, []), "run");
        var before = JitInfo.GetCompiledMethodCount(currentThread: true);
        Assert.Equal((uint)value, TestModules.Call(run, 0));
        return (int)(JitInfo.GetCompiledMethodCount(currentThread: true) - before);
    }

    private static byte[] Module(int value)
    {
        var builder = new WasmModuleBuilder();
        builder.Function(builder.Type([WasmModuleBuilder.I32], [WasmModuleBuilder.I32]), [0x41, .. WasmModuleBuilder.SignedLeb(value)], export: "run");
        return builder.Build();
    }

    private static void Spoil(string file, string defect, string other)
    {
        var bytes = File.ReadAllBytes(file);
        switch (defect)
        {
            case "cut":
                File.WriteAllBytes(file, bytes[..^100]);
                break;
            case "empty":
                File.WriteAllBytes(file, []);
                break;
            case "altered":
                bytes[bytes.Length / 2] ^= 1;
                File.WriteAllBytes(file, bytes);
                break;
            case "another module's":
                File.Copy(other, file, overwrite: true);
                break;
            case "writable by others":
                CacheDirectory.LetOthersWrite(file);
                break;
            case "somebody else's":
                Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give files away");
                using (var chown = System.Diagnostics.Process.Start("chown", ["65534", file]))
                {
                    chown.WaitForExit();
                    Assert.Equal(0, chown.ExitCode);
                }

                break;
            case "a link":
                File.Move(file, file + ".moved");
                File.CreateSymbolicLink(file, file + ".moved");
                break;
            default:
                File.WriteAllBytes(file, bytes[..^48]);
                break;
        }
    }
}
