using Mik.Server.Execution;
using Mik.Wasi.Http;

namespace Mik.Server.Tests.Fakes;

/// <summary>One run of a <see cref="FakeHandler"/>, from the guest's side.</summary>
internal sealed class FakeRun(HandlerRequest request, Action<GuestResponse> responseStarted, CancellationToken stop)
{
    public HandlerRequest Request { get; } = request;

    public CancellationToken Stop { get; } = stop;

    public FakeBody Start(int status = 200, params HttpField[] headers)
    {
        var body = new FakeBody();
        responseStarted(new GuestResponse(status, headers, body));
        return body;
    }

    public HandlerEnd Answer(string text, int status = 200, params HttpField[] headers)
    {
        responseStarted(new GuestResponse(status, headers, FakeBody.Of(text)));
        return new HandlerEnd(HandlerEndKind.Answered);
    }

    public HandlerEnd Answer(FakeBody body, params HttpField[] headers)
    {
        responseStarted(new GuestResponse(200, headers, body));
        return new HandlerEnd(HandlerEndKind.Answered);
    }

    public byte[] ReadBody()
    {
        var body = new MemoryStream();
        Request.Body.CopyToAsync(body, Stop).GetAwaiter().GetResult();
        return body.ToArray();
    }

    /// <summary>Spins like a guest in an endless loop, until the host stops it.</summary>
    public HandlerEnd WaitForStop()
    {
        Stop.WaitHandle.WaitOne();
        return new HandlerEnd(HandlerEndKind.Stopped);
    }
}

/// <summary>A handler whose guest is a function of the test.</summary>
internal sealed class FakeHandler(Func<FakeRun, HandlerEnd> guest) : IHandlerProgram
{
    public bool IsDisposed { get; private set; }

    public void Dispose() => IsDisposed = true;

    public HandlerEnd Run(HandlerRequest request, Action<GuestResponse> responseStarted, CancellationToken stop) =>
        guest(new FakeRun(request, responseStarted, stop));
}
