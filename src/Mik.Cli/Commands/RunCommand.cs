using System.CommandLine;
using Microsoft.Extensions.Logging;
using Mik.Cli.Logging;
using Mik.Server.Configuration;
using Mik.Server.Hosting;

namespace Mik.Cli.Commands;

/// <summary><c>mik run</c>: serves a project, or one component, until it is told to stop.</summary>
internal static class RunCommand
{
    public static Command Create(CliOutput output)
    {
        var path = ProjectArgument.Create();
        var host = new Option<string?>("--host") { Description = "Address to listen on; 0.0.0.0 opens the server to the network", HelpName = "address" };
        var port = new Option<string?>("--port", "-p") { Description = "Port to listen on; 0 picks a free one", HelpName = "port" };
        var format = new Option<LogFormat>("--log-format") { Description = "How the log on standard error looks: text on a terminal, json elsewhere, unless told otherwise", HelpName = "auto|text|json" };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Log what is of use in the search for a mistake only" };
        var command = new Command("run", "Serve a project, or one component") { path, host, port, format, verbose };
        command.SetAction((parsed, _) =>
        {
            var options = new List<ConfigOption>();
            void Add(Option<string?> option, string key)
            {
                if (parsed.GetValue(option) is { } value)
                {
                    options.Add(new ConfigOption(option.Name, key, value));
                }
            }

            Add(host, "server.host");
            Add(port, "server.port");
            var level = parsed.GetValue(verbose) ? LogLevel.Debug : LogLevel.Information;
            return ExecuteAsync(ProjectLocation.Find(parsed.GetValue(path)), options, parsed.GetValue(format), level, output);
        });
        return command;
    }

    private static async Task<int> ExecuteAsync(
        ProjectLocation location, IReadOnlyList<ConfigOption> options, LogFormat format, LogLevel level, CliOutput output)
    {
        // 1. Configure.
        ConfigResult configured;
        try
        {
            configured = ProjectConfiguration.Read(location, options);
        }
        catch (ConfigException e)
        {
            return ProjectConfiguration.Refuse(e, options, output);
        }

        // 2. Start.
        var config = configured.Config;
        using var signals = new StopSignals();
        using var log = ConsoleLogging.Create(format, level, output);
        Action<string> warn = ConsoleLogging.IsJson(format) ? message => StartupLog.Warning(log.CreateLogger("Mik"), message) : output.WriteWarning;
        foreach (var warning in configured.Warnings)
        {
            warn(warning.ToString());
        }

        MikServer server;
        try
        {
            server = await MikServer.StartAsync(config, new MikServerOptions { LoggerFactory = log }, signals.Requested);
        }
        catch (MikStartException e)
        {
            throw new CliException(e.Message);
        }
        catch (OperationCanceledException) when (signals.Requested.IsCancellationRequested)
        {
            return ExitCodes.Success;
        }

        // 3. Serve until the first signal.
        if (server.Handlers.Count == 0 && server.Scripts.Count == 0)
        {
            warn($"there is nothing to serve: neither components in {config.ModulesDirectory} nor scripts in {config.ScriptsDirectory}");
        }

        StartupSummary.Write(config, server, output);
        await signals.RequestedAsync();

        // 4. Stop; a second signal does not even wait for that.
        var stopped = server.StopAsync(signals.Insisted);
        if (await Task.WhenAny(stopped, signals.InsistedAsync()) != stopped)
        {
            return ExitCodes.Failure;
        }

        await stopped;
        await server.DisposeAsync();
        return ExitCodes.Success;
    }
}
