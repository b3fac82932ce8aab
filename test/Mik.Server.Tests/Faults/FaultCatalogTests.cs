using Mik.Server.Faults;
using Xunit;

namespace Mik.Server.Tests.Faults;

public sealed class FaultCatalogTests
{
    [Fact]
    public void Every_kind_has_a_rule_and_a_distinct_slug()
    {
        var rules = Enum.GetValues<FaultKind>().Select(FaultCatalog.RuleOf).ToArray();

        Assert.Equal(rules.Length, rules.Select(rule => rule.Slug).Distinct().Count());
        Assert.All(rules, rule => Assert.Matches("^[a-z]+(-[a-z]+)*$", rule.Slug));
    }

    [Fact]
    public void Only_the_handler_s_own_failures_count_against_it()
    {
        var counting = Enum.GetValues<FaultKind>().Where(kind => FaultCatalog.RuleOf(kind).CountsAgainstHandler);

        Assert.Equal(
            [
                FaultKind.HandlerTrapped,
                FaultKind.HandlerTimedOut,
                FaultKind.HandlerOutOfMemory,
                FaultKind.HandlerNoResponse,
                FaultKind.HandlerResponseInvalid,
            ],
            counting);
    }
}
