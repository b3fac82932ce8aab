using Mik.Components.Runtime;
using Mik.Wasi.Http;

namespace Mik.Wasi.Tests.Http;

public sealed class ResponseOutparamTests
{
    [Fact]
    public async Task Setting_a_response_starts_it()
    {
        using var guest = new Guest();
        var run = new HandlerRun();
        var response = guest.Http("[constructor]outgoing-response", guest.Headers(("X-A", "1"), ("set-cookie", "a"), ("set-cookie", "b")));
        Guest.Ok(guest.Http("[method]outgoing-response.set-status-code", response, ComponentValue.U32(418)));

        guest.Http("[static]response-outparam.set", new ResponseOutparam(guest.Context, run).ToValue(), ComponentValue.Ok(response));

        var started = await run.ResponseStarted;
        Assert.NotNull(started);
        Assert.Equal(418, started.Status);
        Assert.Equal([new HttpField("X-A", "1"), new("set-cookie", "a"), new("set-cookie", "b")], started.Headers);
        Assert.Equal(0, started.Body.CompleteLength);
    }

    [Fact]
    public void Setting_an_error_does_not_start_a_response()
    {
        using var guest = new Guest();
        var run = new HandlerRun();

        guest.Http(
            "[static]response-outparam.set",
            new ResponseOutparam(guest.Context, run).ToValue(),
            ComponentValue.Error(HttpErrorCode.Internal("no").ToValue()));

        Assert.False(run.ResponseStarted.IsCompleted);
        Assert.Equal(HttpErrorCode.Internal("no"), run.Refusal);
    }

    [Theory]
    [InlineData(100U, false)]
    [InlineData(199U, false)]
    [InlineData(200U, true)]
    [InlineData(999U, true)]
    [InlineData(1000U, false)]
    public void Only_final_statuses_are_accepted(uint status, bool accepted)
    {
        using var guest = new Guest();
        var response = guest.Http("[constructor]outgoing-response", guest.Headers());

        Assert.Equal(accepted ? 0 : 1, guest.Http("[method]outgoing-response.set-status-code", response, ComponentValue.U32(status)).Case);
        Assert.Equal(accepted ? status : 200, guest.Http("[method]outgoing-response.status-code", response).AsU32);
    }

    [Fact]
    public void A_response_gives_its_body_once()
    {
        using var guest = new Guest();
        var response = guest.Http("[constructor]outgoing-response", guest.Headers());

        Assert.Equal(0, guest.Http("[method]outgoing-response.body", response).Case);
        Assert.Equal(1, guest.Http("[method]outgoing-response.body", response).Case);
    }

    [Theory]
    [InlineData(103U, HttpErrorKind.InternalError)]
    [InlineData(200U, HttpErrorKind.HttpProtocolError)]
    public void Informational_responses_are_declined(uint status, HttpErrorKind expected)
    {
        using var guest = new Guest();
        var outparam = new ResponseOutparam(guest.Context, new HandlerRun()).ToValue();

        var error = guest.Http("[method]response-outparam.send-informational", outparam, ComponentValue.U32(status), guest.Headers());

        Assert.Equal((int)expected, error.Payload.Case);
    }
}
