using Mik.Scripting;
using Mik.Scripting.Execution;
using Mik.Server.Configuration;
using Mik.Server.Execution;
using Mik.Server.Metrics;
using Mik.Wasm.Runtime;
using Microsoft.Extensions.Logging;

namespace Mik.Server.Tenants;

/// <summary>What all tenants have in common. Immutable.</summary>
internal sealed record TenantEnvironment
{
    public required MikConfig Config { get; init; }

    public required TimeProvider Time { get; init; }

    public required GuestThreads Threads { get; init; }

    public required ServerMetrics Metrics { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Takes what scripts write.</summary>
    public required IScriptConsole Console { get; init; }

    /// <summary>Makes a program of a component's bytes and its full name, whose code can be unloaded.</summary>
    public required Func<ReadOnlyMemory<byte>, string, IHandlerProgram> LoadHandler { get; init; }

    /// <summary>Loads a script: its file, the directory that no import may leave, and who pays for it.</summary>
    public required Func<string, string, IStoreOwner?, IScriptProgram> LoadScript { get; init; }

    /// <summary>Tells what threads have used.</summary>
    public required CpuClock Cpu { get; init; }

    /// <summary>Is told when code was let go that can be unloaded.</summary>
    public Action CodeLetGo { get; init; } = static () => { };

    /// <summary>Where handlers are loaded.</summary>
    public LoadQueue Queue { get; } = new();

    /// <summary>Names of the platform's handlers that tenants' scripts may call.</summary>
    public IReadOnlySet<string> Shared { get => field ??= Config.Tenants.Shared.ToHashSet(StringComparer.Ordinal); }

    /// <summary>The directory of a tenant's handlers; <see langword="null"/> when it has none.</summary>
    public string? ModulesOf(string tenant) => TenantFiles.DirectoryOf(Config.UserModulesDirectory, tenant);

    /// <summary>The directory of a tenant's scripts; <see langword="null"/> when it has none.</summary>
    public string? ScriptsOf(string tenant) => TenantFiles.DirectoryOf(Config.UserScriptsDirectory, tenant);
}
