using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Validation;
using Xunit;

namespace Mik.Conformance.Tests.Core;

/// <summary>The decoder and the validator alone: every module of the suite is accepted or refused as it should be.</summary>
public sealed class CoreModuleTests
{
    public static TheoryData<string, string> Scripts => ScriptCases.PerScript();

    /// <summary>Counted once from the suite: all assertions except those that need a parser of the text format.</summary>
    [Fact]
    public void Suite_for_2_0_has_26308_runnable_assertions()
    {
        var mvp = ScriptGroup.Open("core-mvp2.0");
        var bulk = ScriptGroup.Open("core-bulk-memory");

        Assert.Equal(26_308, mvp.LoadAll().Concat(bulk.LoadAll()).Sum(static s => s.RunnableAssertions));
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Module_is_accepted_or_refused(string groupName, string scriptName)
    {
        var group = ScriptGroup.Open(groupName);
        var wrong = new List<string>();
        foreach (var command in group.Load(scriptName).Commands)
        {
            if (command.BinaryFile is null || command.NeedsTextParser || Expectations.IsListed(groupName, scriptName, command.Line))
            {
                continue;
            }

            var mustBeRefused = command.Type is "assert_malformed" or "assert_invalid";
            var isRefusedForFeature = !mustBeRefused && command.UnsupportedFeature is not null;
            var refusal = Refusal(group.Read(command.BinaryFile));
            if ((mustBeRefused || isRefusedForFeature) != refusal is not null)
            {
                wrong.Add($"{scriptName}:{command.Line} {command.Type} ({command.Text("text")}): {refusal?.Message ?? "accepted"}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static ModuleException? Refusal(byte[] binary)
    {
        try
        {
            ModuleValidator.Validate(ModuleDecoder.Decode(binary));
            return null;
        }
        catch (ModuleException e)
        {
            return e;
        }
    }
}
