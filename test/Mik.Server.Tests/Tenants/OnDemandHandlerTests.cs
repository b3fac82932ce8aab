using Mik.Server.Admission;
using Mik.Server.Execution;
using Mik.Server.Observability;
using Mik.Server.Tenants;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Tenants;

public sealed class OnDemandHandlerTests : IDisposable
{
    private const string File = "user-modules/acme/orders.wasm";

    private readonly TenantFolder _folder = new TenantFolder().Write(File, "first");
    private readonly Tenant _tenant;

    public OnDemandHandlerTests() => _tenant = new Tenant("acme", _folder.Environment);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _tenant.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_is_loaded_with_the_first_call_and_not_before()
    {
        var handler = Handler;
        Assert.Equal(("idle", 0), (handler.Status, _folder.Loads));

        Assert.Equal("first", await AskAsync());
        Assert.Equal("first", await AskAsync());
        Assert.Equal(("ready", 1), (handler.Status, _folder.Loads));
    }

    [Fact]
    public async Task It_is_loaded_once_however_many_call_meanwhile()
    {
        using var gate = new ManualResetEventSlim();
        _folder.Loading = _ => gate.Wait(Cancellation);

        var asked = Enumerable.Range(0, 20).Select(_ => AskAsync()).ToList();
        gate.Set();

        Assert.All(await Task.WhenAll(asked), static answer => Assert.Equal("first", answer));
        Assert.Equal(1, _folder.Loads);
    }

    [Fact]
    public async Task Whoever_stops_waiting_for_the_load_leaves_it_to_the_next()
    {
        using var gate = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        _folder.Loading = _ => gate.Wait(Cancellation);
        var impatient = RunAsync(stop.Token);
        await stop.CancelAsync();

        Assert.Equal(HandlerEndKind.Stopped, (await impatient).End.Kind);
        gate.Set();
        Assert.Equal("first", await AskAsync());
        Assert.Equal(1, _folder.Loads);
    }

    [Fact]
    public async Task One_that_cannot_be_loaded_says_so_and_is_not_tried_again_until_its_file_changes()
    {
        _folder.Write(File, "broken");

        Assert.Equal((HandlerEndKind.Unloadable, "not a component"), await FailAsync());
        Assert.Equal((HandlerEndKind.Unloadable, "not a component"), await FailAsync());
        Assert.Equal(("broken", 1), (Handler.Status, _folder.Loads));
        Change("second version");
        Assert.Equal("second version", await AskAsync());
        Assert.Contains(_folder.Log.Lines, static line => line.StartsWith("Error: Handler acme/orders cannot be loaded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_former_version_answers_while_a_new_one_is_loaded()
    {
        Assert.Equal("first", await AskAsync());
        using var gate = new ManualResetEventSlim();
        _folder.Loading = _ => gate.Wait(Cancellation);
        var breaker = Handler.Entry.State.Breaker;
        Change("second version");

        Assert.Equal("first", await AskAsync());
        Assert.Same(breaker, Handler.Entry.State.Breaker);
        gate.Set();
        await _folder.Log.WaitForAsync(static line => line == "Information: Handler acme/orders was loaded again");
        Assert.Equal("second version", await AskAsync());
        Assert.NotSame(breaker, Handler.Entry.State.Breaker);
    }

    [Fact]
    public async Task A_bad_version_is_not_put_in_place_of_a_good_one()
    {
        Assert.Equal("first", await AskAsync());
        Change("broken");
        Assert.Equal("first", await AskAsync());
        await _folder.Log.WaitForAsync(static line => line.StartsWith("Error: Handler acme/orders cannot be loaded", StringComparison.Ordinal));

        Assert.Equal("first", await AskAsync());
        Assert.Equal(("stale", "not a component", 2), (Handler.Status, Handler.Failure, _folder.Loads));
    }

    [Fact]
    public async Task It_is_let_go_when_nobody_asks_and_loaded_again_when_somebody_does()
    {
        await AskAsync();
        _folder.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(Handler.LetGoIfIdle(TimeSpan.FromSeconds(60)));
        _folder.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(Handler.LetGoIfIdle(TimeSpan.FromSeconds(60)));
        Assert.Equal("idle", Handler.Status);
        Assert.True(Handler.IsAtRest);
        Assert.Equal("first", await AskAsync());
        Assert.Equal(2, _folder.Loads);
    }

    [Fact]
    public async Task It_is_not_let_go_while_it_runs()
    {
        using var inside = new ManualResetEventSlim();
        _folder.Programs = _ => run =>
        {
            inside.Set();
            return run.WaitForStop();
        };
        using var stop = new CancellationTokenSource();
        var running = RunAsync(stop.Token);
        inside.Wait(Cancellation);
        _folder.Time.Advance(TimeSpan.FromHours(1));

        Assert.False(Handler.LetGoIfIdle(TimeSpan.FromSeconds(60)));
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public void A_breaker_that_is_open_keeps_it_from_rest()
    {
        var breaker = Handler.Entry.State.Breaker;
        for (var i = 0; i < 5; i++)
        {
            Assert.True(breaker.TryEnter(out var ticket, out _));
            breaker.Report(ticket, CallVerdict.Failed);
        }

        Assert.False(Handler.IsAtRest);
    }

    private OnDemandHandler Handler
    {
        get
        {
            Assert.True(_tenant.TryFind("orders", out var entry));
            return (OnDemandHandler)entry.Program!;
        }
    }

    private void Change(string text)
    {
        _folder.Write(File, text);

        // Files are looked at no more often than that.
        _folder.Time.Advance(TimeSpan.FromMilliseconds(1));
    }

    private async Task<string> AskAsync()
    {
        var (end, text) = await RunAsync(Cancellation);
        Assert.Equal(HandlerEndKind.Answered, end.Kind);
        return text!;
    }

    private async Task<(HandlerEndKind Kind, string? Diagnosis)> FailAsync()
    {
        var (end, _) = await RunAsync(Cancellation);
        return (end.Kind, end.Diagnosis);
    }

    private Task<(HandlerEnd End, string? Text)> RunAsync(CancellationToken stop)
    {
        var handler = Handler;
        return Task.Run(
            async () =>
            {
                GuestResponse? response = null;
                var end = handler.Run(Request, given => response = given, stop);
                return (end, response is null ? null : System.Text.Encoding.UTF8.GetString((await response.Body.ReadAsync(Cancellation)).Span));
            },
            Cancellation);
    }

    private static HandlerRequest Request => new()
    {
        Method = "GET",
        PathAndQuery = "/",
        Authority = "localhost",
        Headers = [],
        Body = Stream.Null,
        RequestId = "1",
        Trace = TraceContext.From(null, null),
    };
}
