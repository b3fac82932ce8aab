using System.Text.RegularExpressions;
using Mik.Scripting.Modules;

namespace Mik.Scripting.Execution;

/// <summary>Says as precisely as possible why modules could not be loaded.</summary>
internal sealed partial class LoadDiagnosis(ScriptModules modules)
{
    /// <summary>The exception to show for one that the script engine's report was turned into.</summary>
    public ScriptException Of(ScriptException cause)
    {
        if (cause.IsOwners)
        {
            return cause;
        }

        if (MissingExport().Match(cause.Message) is { Success: true } missing)
        {
            return modules.MissingExport(missing.Groups["module"].Value, missing.Groups["name"].Value);
        }

        // QuickJS places a syntax error at the start of its statement at best; the stripper reads JavaScript too, and closer.
        var isSyntaxError = cause.Message.StartsWith("SyntaxError", StringComparison.Ordinal);
        if (isSyntaxError && cause.File is { } file && modules.Loaded(file) is { } source && FindSyntaxError(file, source) is { } closer)
        {
            return closer;
        }

        var message = cause.Failure == ScriptFailure.CpuLimit ? "Its modules run too long while they load." : cause.Message;
        return new ScriptException(ScriptFailure.LoadFailed, message, cause)
        {
            File = cause.File ?? modules.EntryName,
            Line = cause.Line,
            Column = cause.Column,
            Stack = cause.Stack,
        };
    }

    private ScriptException? FindSyntaxError(string file, string source)
    {
        try
        {
            modules.Erase(file, source);
            return null;
        }
        catch (ScriptException closer)
        {
            return closer.Line is null ? null : closer;
        }
    }

    // QuickJS's own words; they come without a position.
    [GeneratedRegex("Could not find export '(?<name>.*)' in module '(?<module>.*)'")]
    private static partial Regex MissingExport();
}
