using System.CommandLine;
using Microsoft.Extensions.Logging;
using Mik.Cli.Logging;
using Mik.Server.Configuration;

namespace Mik.Cli;

/// <summary>What commands that serve take from the command line.</summary>
internal sealed class ServerOptions
{
    private readonly Argument<string?> _path = ProjectArgument.Create();
    private readonly Option<string?> _host = new("--host") { Description = "Address to listen on; 0.0.0.0 opens the server to the network", HelpName = "address" };
    private readonly Option<string?> _port = new("--port", "-p") { Description = "Port to listen on; 0 picks a free one", HelpName = "port" };
    private readonly Option<LogFormat> _format;
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Log what is of use in the search for a mistake only" };

    public ServerOptions(LogFormat usualFormat)
    {
        var usual = usualFormat == LogFormat.Auto ? "text on a terminal, json elsewhere, unless told otherwise" : "text unless told otherwise";
        _format = new Option<LogFormat>("--log-format")
        {
            Description = $"How the log on standard error looks: {usual}",
            HelpName = "auto|text|json",
            DefaultValueFactory = _ => usualFormat,
        };
    }

    public void AddTo(Command command)
    {
        command.Arguments.Add(_path);
        foreach (var option in (Option[])[_host, _port, _format, _verbose])
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="CliException">There is no such project.</exception>
    public ServerRequest Read(ParseResult parsed)
    {
        var settings = new List<ConfigOption>();
        Add(_host, "server.host");
        Add(_port, "server.port");
        var level = parsed.GetValue(_verbose) ? LogLevel.Debug : LogLevel.Information;
        return new ServerRequest(ProjectLocation.Find(parsed.GetValue(_path)), settings, parsed.GetValue(_format), level);

        void Add(Option<string?> option, string key)
        {
            if (parsed.GetValue(option) is { } value)
            {
                settings.Add(new ConfigOption(option.Name, key, value));
            }
        }
    }
}

/// <summary>What is to be served, and how.</summary>
/// <param name="Location">The project or component.</param>
/// <param name="Settings">What the command line says about the configuration.</param>
/// <param name="Format">How the log looks.</param>
/// <param name="Level">What is logged.</param>
internal sealed record ServerRequest(ProjectLocation Location, IReadOnlyList<ConfigOption> Settings, LogFormat Format, LogLevel Level);
