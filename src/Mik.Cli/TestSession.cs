using System.Globalization;
using Mik.Testing;
using Mik.Testing.Reporting;
using Mik.Testing.Results;
using Mik.Testing.Watching;

namespace Mik.Cli;

/// <summary>Runs the selected tests once, or again whenever something they are made from changes.</summary>
/// <param name="selection">Which tests.</param>
/// <param name="runner">Runs them.</param>
/// <param name="modules">The full path of the handlers' directory that they are run against; null when they are not.</param>
/// <param name="reporter">Makes a reporter for each run.</param>
/// <param name="output">Where everything goes.</param>
internal sealed class TestSession(TestSelection selection, TestRunner runner, string? modules, Func<ITestReporter> reporter, CliOutput output)
{
    private readonly ImportGraph _imports = new();

    /// <summary>Runs everything; the exit code.</summary>
    public int Run(TestOptions options, CancellationToken cancellation)
    {
        var files = selection.Files();
        if (files.Count == 0)
        {
            output.WriteError($"there are no tests in {string.Join(", ", selection.Paths)}: their files end in .test or .spec before .ts, .mts, .js or .mjs");
            return ExitCodes.Failure;
        }

        var summary = RunFiles(files, cancellation);
        if (cancellation.IsCancellationRequested)
        {
            return ExitCodes.Failure;
        }

        if (!summary.HasTests)
        {
            output.WriteError(options.NamePattern is { } pattern ? $"no test is named like '{pattern}'" : "the test files declare no tests");
            return ExitCodes.Failure;
        }

        return summary.HasFailed ? ExitCodes.Failure : ExitCodes.Success;
    }

    /// <summary>Runs everything, then what each change concerns, until cancelled; the exit code.</summary>
    public async Task<int> WatchAsync(IReadOnlyList<string> directories, CancellationToken cancellation)
    {
        using var watcher = new TestWatcher(directories, TimeProvider.System);
        try
        {
            RunFiles(selection.Files(), cancellation);
            runner.PrepareForChanges();
            while (true)
            {
                Announce();
                var changes = await watcher.NextAsync(cancellation);
                var files = selection.Files();
                _imports.Keep(files);
                var concerned = _imports.Concerned(files, WithHandlers(changes));
                if (concerned.Count > 0)
                {
                    output.WriteLine(output.Faint($"{Clock()} {Names(changes)} changed"));
                    RunFiles(concerned, cancellation);
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCodes.Success;
        }
    }

    // Which tests call a handler is not known, so a changed one may concern all of them.
    private IReadOnlySet<string> WithHandlers(IReadOnlySet<string> changes)
    {
        if (modules is null || !changes.Any(file => file.EndsWith(".wasm", StringComparison.Ordinal) && Path.GetDirectoryName(file) == modules))
        {
            return changes;
        }

        runner.ForgetHandlers();
        return new HashSet<string>();
    }

    private static string Clock() => TimeProvider.System.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Names(IReadOnlySet<string> changes)
    {
        // Editors write to files of their own on the way, which are gone by now.
        var names = changes.Where(File.Exists).Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal).ToList();
        return names switch
        {
            [] => "something",
            [var name] => name,
            [var first, ..] => $"{first} and {names.Count - 1} more",
        };
    }

    private TestRunSummary RunFiles(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        var report = reporter();
        var summary = runner.Run(files, report.Add, cancellation);
        foreach (var result in summary.Files)
        {
            _imports.Add(selection.FileOf(result), result);
        }

        report.Finish(summary);
        output.Output.Flush();
        return summary;
    }

    private void Announce()
    {
        output.WriteLine(output.Faint("Watching; Ctrl+C ends."));
        output.Output.Flush();
    }
}
