using Mik.Server.Catalog;
using Mik.Server.Execution;
using Mik.Wasi;
using Microsoft.Extensions.Logging;

namespace Mik.Server.Tenants;

/// <summary>How the handlers of one tenant are loaded.</summary>
/// <param name="Files">Where they are.</param>
/// <param name="Compile">Makes a program of a component's bytes and its full name; throws when they are no use.</param>
/// <param name="States">What is known of each.</param>
/// <param name="Account">Who pays for it.</param>
/// <param name="Queue">Where it is done.</param>
/// <param name="Waits">Is told when a guest's thread waits for it.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Hears of those that cannot be loaded.</param>
internal sealed record OnDemandLoading(
    TenantFiles Files,
    Func<ReadOnlyMemory<byte>, string, IHandlerProgram> Compile,
    HandlerStates States,
    TenantAccount Account,
    LoadQueue Queue,
    IGuestWaits Waits,
    TimeProvider Time,
    ILogger Logger)
{
    /// <summary>The state of a handler's file; <see cref="SourceStamp.Absent"/> when there is none that counts.</summary>
    public SourceStamp Stamp(string name) => Files.StampOf(name);

    /// <summary>Reads and compiles a handler.</summary>
    public IHandlerProgram Load(string name) => Compile(Files.Read(name), States.NameOf(name));
}
