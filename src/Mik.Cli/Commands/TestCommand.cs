using System.CommandLine;
using System.Globalization;
using Mik.Testing;
using Mik.Testing.Reporting;

namespace Mik.Cli.Commands;

/// <summary><c>mik test</c>: runs a project's tests in the engine that serves its scripts.</summary>
internal static class TestCommand
{
    private static readonly string[] Reporters = ["pretty", "tap", "junit", "json"];

    public static Command Create(CliOutput output)
    {
        var paths = new Argument<string[]>("paths")
        {
            Description = "Test files, or directories with *.test.* and *.spec.* files [default: the current directory]",
            Arity = ArgumentArity.ZeroOrMore,
        };
        paths.Validators.Add(ProjectArgument.RefuseOptions);
        var name = new Option<string?>("--name", "-t") { Description = "Run only tests whose full name contains this, or matches it as a regular expression", HelpName = "name" };
        var watch = new Option<bool>("--watch", "-w") { Description = "Stay, and run again what a change touches" };
        var reporter = new Option<string>("--reporter") { Description = "How results are written", HelpName = "pretty|tap|junit|json", DefaultValueFactory = static _ => Reporters[0] };
        reporter.AcceptOnlyFromAmong(Reporters);
        var bail = new Option<bool>("--bail") { Description = "Stop at the first failure" };
        var timeout = new Option<int>("--timeout") { Description = "Milliseconds that a test or a hook may take", HelpName = "ms", DefaultValueFactory = static _ => 5000 };
        timeout.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms > 0))
            {
                result.AddError($"Option '--timeout' takes milliseconds, a whole number above 0, not '{text}'.");
            }
        });
        var against = new Option<string?>("--against") { Description = "Let host.call reach the handlers in this directory where a test does not answer itself", HelpName = "modules/" };
        var command = new Command("test", "Run the tests of scripts in the engine that serves them")
        {
            paths, name, watch, reporter, bail, timeout, against,
        };
        command.SetAction((parsed, _) =>
        {
            var selection = TestSelection.Of(parsed.GetValue(paths) ?? []);
            var options = new TestOptions
            {
                Timeout = TimeSpan.FromMilliseconds(parsed.GetValue(timeout)),
                NamePattern = parsed.GetValue(name),
                StopsAtFailure = parsed.GetValue(bail),
                ErasedSourcesDirectory = UserCache.ErasedSources,
                CallsHandlers = parsed.GetValue(against) is not null,
                AllowsOnly = Environment.GetEnvironmentVariable("CI") is null or "" or "0" or "false",
            };
            return ExecuteAsync(selection, options, parsed.GetValue(against), parsed.GetValue(reporter)!, parsed.GetValue(watch), output);
        });
        return command;
    }

    private static async Task<int> ExecuteAsync(
        TestSelection selection, TestOptions options, string? modules, string reporter, bool watch, CliOutput output)
    {
        var configured = ProjectConfiguration.Read(new ProjectLocation(selection.Directory, null), []);
        ProjectConfiguration.Show(configured.Warnings, output);
        var config = configured.Config;
        if (modules is not null)
        {
            config = config with { Server = config.Server with { Modules = ExistingDirectory(modules) } };
        }

        options = options with { CodeCache = UserCache.OpenCode(config, out _) };
        using var signals = new StopSignals();
        using var runner = new TestRunner(config, options, TimeProvider.System);
        var session = new TestSession(selection, runner, modules is null ? null : Path.TrimEndingDirectorySeparator(config.ModulesDirectory), () => ReporterFor(reporter, selection, output), output);
        var exitCode = watch
            ? await session.WatchAsync(modules is null ? [config.Directory] : [config.Directory, config.ModulesDirectory], signals.Requested)
            : session.Run(options, signals.Requested);
        if (options.CodeCache is { } cache)
        {
            DetachedCompilation.Start(cache);
        }

        return exitCode;
    }

    private static string ExistingDirectory(string path) => Directory.Exists(path)
        ? Path.GetFullPath(path)
        : throw new CliException($"there is no directory {path} with handlers to test against");

    private static ITestReporter ReporterFor(string name, TestSelection selection, CliOutput output) => name switch
    {
        "tap" => new TapReporter(output.Output),
        "junit" => new JUnitReporter(output.Output),
        "json" => new JsonReporter(output.Output),
        _ => new PrettyReporter(output.Output, new TextStyle(output.ColorsOutput), selection.PathPrefix),
    };
}
