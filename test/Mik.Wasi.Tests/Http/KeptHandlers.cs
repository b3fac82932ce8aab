using System.Collections.Concurrent;
using Mik.Components.Linking;
using Mik.Wasi.Http;
using Mik.Wasm.Caching;
using Mik.Wasm.Runtime;

namespace Mik.Wasi.Tests.Http;

/// <summary>Handlers that run machine code from a cache: compiled ahead of time when they are first asked for, and loaded as the next start would.</summary>
internal static class KeptHandlers
{
    private static readonly ComponentLinker Linker = WasiHost.CreateLinker();
    private static readonly ConcurrentDictionary<string, Lazy<HttpHandler>> Handlers = new();

    public static HttpHandler Load(string name, byte[] bytes)
    {
        Assert.SkipUnless(new CodeCacheOptions { Directory = "" }.CompilerFile is not null, "crossgen2 was not fetched");
        return Handlers.GetOrAdd(name, _ => new Lazy<HttpHandler>(() => Make(name, bytes))).Value;
    }

    private static HttpHandler Make(string name, byte[] bytes)
    {
        var directory = Directory.CreateTempSubdirectory("mik-kept-").FullName;
        try
        {
            var first = Open(directory);
            HttpHandler.Load(new Engine(new EngineOptions { Cache = first }), Linker, bytes, name);
            first.CompileWaiting(CancellationToken.None);

            var second = Open(directory);
            var handler = HttpHandler.Load(new Engine(new EngineOptions { Cache = second }), Linker, bytes, name);
            Assert.Equal((first.Missed, 0), (second.Found, second.Missed));
            return handler;
        }
        finally
        {
            // What is loaded stays mapped.
            Directory.Delete(directory, recursive: true);
        }
    }

    private static CodeCache Open(string directory) =>
        CodeCache.Open(new CodeCacheOptions { Directory = Path.Combine(directory, "code") }, out var problem) ?? throw new InvalidOperationException(problem);
}
