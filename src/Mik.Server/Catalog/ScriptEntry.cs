using System.Runtime.CompilerServices;
using Mik.Scripting;
using Mik.Server.Execution;

namespace Mik.Server.Catalog;

/// <summary>A script as the catalog knows it: a program ready to run, or the reason why there is none. Immutable.</summary>
/// <param name="Name">What <c>/script/{name}</c> calls it.</param>
/// <param name="File">Full path of its file.</param>
/// <param name="Program">The program; <see langword="null"/> when it could not be loaded.</param>
/// <param name="Failure">Why it could not be loaded.</param>
/// <param name="Sources">What it was made from.</param>
internal sealed record ScriptEntry(string Name, string File, IScriptProgram? Program, ScriptException? Failure, SourceStamps Sources)
{
    /// <summary>Its file as an operator would write it. Endpoints lie directly in the scripts' directory.</summary>
    public string DisplayFile => Path.GetFileName(File);

    /// <summary>When it was last asked for, as a timestamp of the catalog's clock.</summary>
    public StrongBox<long> UsedAt { get; init; } = new();

    /// <summary>
    /// Until when the program may answer although its files have changed, because the change may be half-written; <see cref="Sources"/>
    /// are then those of the change. <see langword="null"/> for a program that is what its files say.
    /// </summary>
    public DateTimeOffset? HeldUntil { get; init; }
}
