using System.Text;

namespace Mik.Server.Configuration.Keys;

/// <summary>Writes the reference page of the configuration from the table that reads it, so that the two cannot differ.</summary>
internal static class ConfigReference
{
    private static readonly Dictionary<string, string> Introductions = new(StringComparer.Ordinal)
    {
        ["project"] = "Who the project is. Nothing here changes how requests are served.",
        ["server"] = "Where to listen, what to serve, and the limits of what is served. Paths are relative to the project's directory.",
        ["tracing"] = "Where spans of requests are sent. The standard variables of OpenTelemetry for headers, sampling, batches and resources are obeyed as well, see [observability](observability.md).",
        ["cors"] = "Which pages of other origins may read answers. Nothing is answered for other origins unless this section names some.",
        ["security"] = "Headers that tell browsers to be careful. What a handler says itself goes first.",
        ["http"] = "How much patience clients and their connections get.",
        ["breaker"] = "When a failing handler is given a rest. Every handler has a breaker of its own.",
        ["tenants"] = "What holds for every tenant. See [tenants](tenants.md).",
        ["tenants.limits"] = "What one tenant may take, all its handlers and scripts together. The limits of single handlers and scripts are those of `[server]`.",
    };

    /// <summary>The page, in Markdown.</summary>
    public static string Render()
    {
        var page = new StringBuilder();
        page.Append("""
            <!-- Written by a test from the table of keys; MIK_BLESS=1 rewrites it. -->
            # Configuration

            `mik.toml` in the project's directory. The file, each section and each key may be absent. What is set in several places
            is taken from the command line first, then from the environment, then from the file. Unknown keys are ignored with a
            warning; values that are not allowed are errors, all of them reported at once. A running server takes up changes of the file
            without losing a request, but for keys that it reads at its start; a file with errors changes nothing.

            """);

        var defaults = new MikConfig { Directory = Path.GetTempPath() };
        foreach (var section in ConfigKeys.All.GroupBy(static k => k.Section))
        {
            page.Append($"\n## [{section.Key}]\n\n{Introductions[section.Key]}\n\n");
            page.Append("| Key | Default | Allowed | Environment | What it is |\n|---|---|---|---|---|\n");
            foreach (var key in section)
            {
                var variables = string.Join(", ", key.Variables.Select(static v => $"`{v}`"));
                page.Append($"| `{key.Name}` | {Default(key, defaults)} | {key.Rule.Allowed} | {variables} | {key.Summary}{(key.IsObeyed ? "" : " *Not supported by this version.*")}{(key.NeedsRestart ? " *Read at the start.*" : "")} |\n");
            }
        }

        AppendRecords(
            page,
            "[handlers.name]",
            "What one handler, here `name`, has otherwise than the others.",
            HandlerKeys.All,
            new HandlerConfig());
        AppendRecords(
            page,
            "[[auth]]",
            "Who may ask for what begins with certain paths; any number of tables, of which the one with the longest path counts. Requests without a known key or a valid token are answered 401. A "
            + "script's calls are not asked.",
            AuthKeys.All,
            new AuthConfig());
        page.Append("""

            ## [env]

            The environment of handlers, as strings: `API_URL = "https://api.example.com"`. It is all they see: nothing is inherited from
            the process.

            """);
        return page.ToString();
    }

    private static void AppendRecords<T>(StringBuilder page, string title, string introduction, IReadOnlyList<RecordKey<T>> keys, T defaults)
    {
        page.Append($"\n## {title}\n\n{introduction}\n\n");
        page.Append("| Key | Default | Allowed | What it is |\n|---|---|---|---|\n");
        foreach (var key in keys)
        {
            page.Append($"| `{key.Name}` | {Written(key.Get(defaults))} | {key.Rule.Allowed} | {key.Summary} |\n");
        }
    }

    private static string Default(ConfigKey key, MikConfig defaults) => key.FullName == "project.name" ? "" : Written(key.Get(defaults));

    private static string Written(object? value) => value switch
    {
        null => "",
        string text => $"`\"{text}\"`",
        int number => $"`{number}`",
        IReadOnlyList<string> { Count: > 0 } list => $"`[{string.Join(", ", list.Select(static item => $"\"{item}\""))}]`",
        bool flag => flag ? "`true`" : "`false`",
        _ => "`[]`",
    };
}
