using Mik.Server.Configuration;
using Mik.Server.Execution;
using Mik.Server.Observability;
using Mik.Server.Routing;
using Microsoft.Extensions.Logging;

namespace Mik.Server.Catalog;

/// <summary>Reads the handlers a project has. One that cannot be loaded is kept as such, so that the others are served.</summary>
/// <param name="config">Where the handlers are.</param>
/// <param name="states">What is known of them already.</param>
/// <param name="load">Makes a program of a component's bytes; throws when they are no use.</param>
/// <param name="logger">Hears of handlers that cannot be loaded.</param>
internal sealed class CatalogBuilder(
    MikConfig config, HandlerStates states, Func<ReadOnlyMemory<byte>, string, IHandlerProgram> load, ILogger logger)
{
    /// <summary>Whether a handler whose changed file cannot be loaded goes on as it was, instead of answering with the failure.</summary>
    public bool KeepsFormer { get; init; }

    /// <summary>Fits a program that was loaded under another configuration to this one.</summary>
    public Func<IHandlerProgram, IHandlerProgram> Adopt { get; init; } = static program => program;

    /// <summary>Loads all handlers, as many at a time as there are processors.</summary>
    public HandlerCatalog Build(CancellationToken cancellation) => Build(new HandlerCatalog([]), cancellation);

    /// <summary>Loads the handlers that are new or changed.</summary>
    /// <param name="former">What was built before: handlers whose files are unchanged are taken over from it.</param>
    /// <param name="cancellation">Gives up.</param>
    public HandlerCatalog Build(HandlerCatalog former, CancellationToken cancellation)
    {
        var files = Files();
        var entries = new HandlerEntry[files.Count];
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, files.Count, options, i => entries[i] = Load(files[i], former));
        return new HandlerCatalog(entries);
    }

    private List<string> Files()
    {
        if (config.SingleHandlerFile is { } single)
        {
            return [single];
        }

        if (!Directory.Exists(config.ModulesDirectory))
        {
            return [];
        }

        var files = new List<string>();
        foreach (var file in Directory.EnumerateFiles(config.ModulesDirectory, "*.wasm").Order(StringComparer.Ordinal))
        {
            if (EntryName.Problem(Path.GetFileNameWithoutExtension(file)) is { } problem)
            {
                ServerLog.HandlerMisnamed(logger, LogText.Of(Path.GetFileName(file)), problem);
            }
            else
            {
                files.Add(file);
            }
        }

        return files;
    }

    private HandlerEntry Load(string file, HandlerCatalog former)
    {
        var name = Path.GetFileNameWithoutExtension(file);

        // Stamped before it is read: a file that changes meanwhile differs from its stamp.
        var source = SourceStamp.Of(file);
        if (former.TryFind(name, out var known) && known.Source == source)
        {
            return known.Program is { } program && Adopt(program) is var adopted && adopted != program ? known with { Program = adopted } : known;
        }

        try
        {
            var program = load(File.ReadAllBytes(file), name);
            (known?.Program as IDisposable)?.Dispose();
            return new HandlerEntry(name, program, LoadFailure: null, known is null ? states.Of(name) : states.Renew(name)) { Source = source };
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Whatever is wrong with one file, a flaw of ours included, must not keep the other handlers from being served.
            if (KeepsFormer && known is { Program: { } program })
            {
                ServerLog.HandlerHeld(logger, name, LogText.Of(failure.Message));
                return known with { Program = Adopt(program), ReloadFailure = failure.Message, Source = source };
            }

            ServerLog.HandlerUnloadable(logger, name, LogText.Of(failure.Message));
            return new HandlerEntry(name, Program: null, failure.Message, known is null ? states.Of(name) : states.Renew(name)) { Source = source };
        }
    }
}
