using System.Text;
using Microsoft.Extensions.Time.Testing;
using Mik.Server.Configuration;
using Mik.Server.Execution;
using Mik.Server.Metrics;
using Mik.Server.Observability;
using Mik.Server.Tenants;

namespace Mik.Server.Tests.Fakes;

/// <summary>Directories of tenants, and handlers whose files say what they answer: <c>broken</c> cannot be loaded.</summary>
internal sealed class TenantFolder : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mik-tenants");

    public TenantFolder(Func<TenantsConfig, TenantsConfig>? configure = null)
    {
        var tenants = new TenantsConfig { IdleSecs = 60 };
        Config = new MikConfig
        {
            Directory = _directory.FullName,
            Server = new ServerConfig { UserModules = "user-modules", UserScripts = "user-scripts" },
            Tenants = configure?.Invoke(tenants) ?? tenants,
        };
        Environment = new TenantEnvironment
        {
            Config = Config,
            Time = Time,
            Threads = Threads,
            Metrics = Metrics,
            Logger = Log,
            Console = new ScriptConsole(Log),
            LoadHandler = (bytes, name) => LoadHandler(Encoding.UTF8.GetString(bytes.Span), name),
            LoadScript = (file, _, _) => new FakeScript(
                _ => Task.FromResult(TestServer.Text(File.ReadAllText(file))), file),
            Cpu = Cpu,
        };
    }

    public MikConfig Config { get; }

    public FakeTimeProvider Time { get; } = new();

    public FakeCpuClock Cpu { get; } = new();

    public GuestThreads Threads { get; } = new(64, TimeSpan.FromSeconds(5), TimeProvider.System);

    public RecordingLoggerFactory Log { get; } = new();

    public ServerMetrics Metrics { get; } = new();

    public TenantEnvironment Environment { get; }

    /// <summary>Replaces the program that a file's text makes.</summary>
    public Func<string, Func<FakeRun, HandlerEnd>?> Programs { get; set; } = static _ => null;

    /// <summary>Is told of each load, on the thread that loads.</summary>
    public Action<string> Loading { get; set; } = static _ => { };

    /// <summary>How many handlers were loaded or could not be.</summary>
    public int Loads => Volatile.Read(ref _loads);

    private int _loads;

    public string Root => _directory.FullName;

    public string PathOf(string path) => Path.Combine(_directory.FullName, path);

    public TenantFolder Write(string path, string text = "")
    {
        var file = PathOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return this;
    }

    public TenantFolder Link(string path, string target)
    {
        var link = PathOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, target);
        return this;
    }

    public void Dispose()
    {
        Threads.Dispose();
        Metrics.Dispose();
        Log.Dispose();
        _directory.Delete(recursive: true);
    }

    private FakeHandler LoadHandler(string text, string name)
    {
        Interlocked.Increment(ref _loads);
        Loading(name);
        return text == "broken" ? throw new InvalidDataException("not a component") : new FakeHandler(Programs(text) ?? (run => run.Answer(text)));
    }
}
