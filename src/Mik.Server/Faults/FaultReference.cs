using System.Globalization;
using System.Text;

namespace Mik.Server.Faults;

/// <summary>The page that tells users about problem documents, written from <see cref="FaultCatalog"/>.</summary>
internal static class FaultReference
{
    /// <summary>The page as Markdown.</summary>
    public static string ToMarkdown()
    {
        var page = new StringBuilder("""
            <!-- Written by a test from the table of faults; MIK_BLESS=1 rewrites it. -->
            # Problems

            Whatever the runtime itself answers with an error is `application/problem+json` (RFC 9457):

            ```json
            {"type":"urn:mik:error:handler-timed-out","title":"Handler timed out","status":504,
             "detail":"The handler did not finish within 30 s.","instance":"7f3c1b1e-8f0a-4c7e-9f43-2d5b7a1f0e11","handler":"orders"}
            ```

            `type` and `status` are stable; match on them. `instance` is the request's id, as in `X-Request-ID` and in the log. `handler` or
            `script` names what the request was for, where that is known. Under `mik dev` there is a `diagnosis` as well: what otherwise only the
            log says, such as an error's message, its place in the source and its stack. Answers with 429 and 503 say in `Retry-After` when to come back.
            An answer that fails after it has begun cannot become a problem any more: its connection or stream is reset.
            A request that is not well-formed HTTP gets a bare 400, and one out of all proportion (a first line of 64 KiB, headers of
            256 KiB) a bare 414 or 431, before any of this.

            Only what *counts* moves a handler's circuit breaker: statuses that a handler chooses, and mistakes of clients, do not.

            | Type `urn:mik:error:…` | Status | Title | Who has to act | Counts |
            |---|--:|---|---|---|

            """);
        foreach (var kind in Enum.GetValues<FaultKind>().Where(static kind => kind != FaultKind.ClientGone))
        {
            var rule = FaultCatalog.RuleOf(kind);
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| `{rule.Slug}` | {rule.Status} | {rule.Title} | {WhoActs(rule.Blame)} | {(rule.CountsAgainstHandler ? "yes" : "")} |");
        }

        return page.ToString();
    }

    private static string WhoActs(Blame blame) => blame switch
    {
        Blame.Client => "the caller",
        Blame.Handler => "the handler's author",
        Blame.Script => "the script's author",
        Blame.Deployment => "whoever deployed the file",
        Blame.Capacity => "nobody: try again later",
        Blame.Host => "us: please report it",
        _ => throw new ArgumentOutOfRangeException(nameof(blame), blame, null),
    };
}
