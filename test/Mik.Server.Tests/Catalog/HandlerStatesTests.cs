using Mik.Server.Admission;
using Mik.Server.Catalog;
using Mik.Server.Configuration;
using Xunit;

namespace Mik.Server.Tests.Catalog;

public sealed class HandlerStatesTests
{
    [Fact]
    public void Another_configuration_reaches_handlers_that_are_known_and_those_to_come()
    {
        var config = new MikConfig { Directory = Path.GetTempPath() };
        var states = new HandlerStates(config, TimeProvider.System);
        var known = states.Of("known");

        states.Configure(config with { Server = config.Server with { MaxPerModuleRequests = 7 }, Breaker = config.Breaker with { Failures = 1 } });

        Assert.Same(known, states.Of("known"));
        Assert.All([known, states.Of("new")], static state =>
        {
            Assert.Equal(7, state.Concurrency.Max);
            Assert.True(state.Breaker.TryEnter(out var ticket, out _));
            state.Breaker.Report(ticket, CallVerdict.Failed);
            Assert.Equal(CircuitState.Open, state.Breaker.State);
        });
    }
}
