using Mik.Server.Admission;
using Mik.Server.Catalog;
using Mik.Server.Faults;
using Mik.Server.Metrics;
using Microsoft.Extensions.Logging;

namespace Mik.Server.Execution;

/// <summary>Lets runs of scripts in, each script with a breaker and a limit of its own.</summary>
/// <param name="states">What is known of each script.</param>
/// <param name="metrics">Hears how runs end.</param>
/// <param name="time">The clock for their duration.</param>
/// <param name="logger">Hears of breakers that open and close.</param>
internal sealed class ScriptAdmission(HandlerStates states, ServerMetrics metrics, TimeProvider time, ILogger logger)
{
    /// <summary>Lets a run of a script in. Ask only for scripts that exist.</summary>
    public HandlerPermit? TryEnter(string script, out Fault? refusal) =>
        HandlerPermit.TryEnter(states.Of(script), isCall: false, metrics, time, logger, out refusal);
}
