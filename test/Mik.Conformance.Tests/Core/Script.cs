using System.Text.Json;

namespace Mik.Conformance.Tests.Core;

/// <summary>A converted specification script: commands that are run in order.</summary>
internal sealed class Script
{
    private Script(ScriptGroup group, string name, IReadOnlyList<ScriptCommand> commands)
    {
        Group = group;
        Name = name;
        Commands = commands;
    }

    public ScriptGroup Group { get; }

    public string Name { get; }

    public IReadOnlyList<ScriptCommand> Commands { get; }

    /// <summary>Assertions that do not need a parser of the text format.</summary>
    public int RunnableAssertions => Commands.Count(static c => c.IsAssertion && !c.NeedsTextParser);

    public static Script Parse(ScriptGroup group, string name)
    {
        using var document = JsonDocument.Parse(group.Read(name + ".json"));
        var commands = document.RootElement.GetProperty("commands").EnumerateArray()
            .Select(static c => new ScriptCommand(c.Clone()))
            .ToList();
        return new Script(group, name, commands);
    }
}
