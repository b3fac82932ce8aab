using Mik.Server.Configuration;
using Mik.Server.Hosting;

namespace Mik.Cli;

/// <summary>Serves a project until a signal, and lets the server take up what changes meanwhile.</summary>
/// <param name="server">The server.</param>
/// <param name="session">Signals and the log.</param>
/// <param name="request">Where the configuration is read from.</param>
internal sealed class LiveProject(MikServer server, ServerSession session, ServerRequest request)
{
    /// <summary>Called with every configuration before it is taken up; it is not when this returns false, and serving ends.</summary>
    public Func<ConfigResult, bool> Accepts { get; init; } = static _ => true;

    /// <summary>Called when a configuration has been taken up.</summary>
    public Action<MikConfig> Changed { get; init; } = static _ => { };

    /// <summary>Serves until a signal to stop.</summary>
    /// <param name="watch">Knows the files as they were before the server read them.</param>
    /// <param name="interval">How often they are looked at; infinite for only when SIGHUP asks for it.</param>
    /// <returns>A configuration that was not accepted; <see langword="null"/> after a signal.</returns>
    public async Task<ConfigResult?> ServeAsync(ProjectWatch watch, TimeSpan interval)
    {
        using var reload = new ReloadSignal();
        var stop = session.Signals.Requested;
        try
        {
            while (true)
            {
                var change = await reload.WaitAsync(interval, stop) ? ProjectChange.Configuration : watch.Look();
                if (change == ProjectChange.Handlers)
                {
                    await TryAsync(() => server.ReloadHandlersAsync(stop));
                }
                else if (change == ProjectChange.Configuration && TryRead() is { } changed)
                {
                    if (!Accepts(changed))
                    {
                        return changed;
                    }

                    // Looks before the server does, so that no change falls between the two.
                    watch = new ProjectWatch(changed.Config);
                    if (await TryAsync(() => server.ReloadAsync(changed.Config, stop)))
                    {
                        session.Warn(changed.Warnings);
                        Changed(changed.Config);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    // A configuration with mistakes is shown, and the former one goes on being served.
    private ConfigResult? TryRead()
    {
        try
        {
            return ProjectConfiguration.Read(request.Location, request.Settings);
        }
        catch (ConfigException e)
        {
            session.Complain(e.Problems);
            server.ReportRefusedConfiguration(string.Join("; ", e.Problems.Where(static problem => problem.Severity == ConfigSeverity.Error)));
            return null;
        }
    }

    // Whatever goes wrong while something new is looked at, what there is goes on being served.
    private async Task<bool> TryAsync(Func<Task> reload)
    {
        try
        {
            await reload();
            return true;
        }
        catch (MikStartException)
        {
            // The server has reported it.
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            server.ReportRefusedConfiguration(e.Message);
            return false;
        }
    }
}
