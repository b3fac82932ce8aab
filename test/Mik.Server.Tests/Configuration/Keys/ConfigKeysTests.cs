using Mik.Server.Configuration;
using Mik.Server.Configuration.Keys;
using Xunit;

namespace Mik.Server.Tests.Configuration.Keys;

public sealed class ConfigKeysTests
{
    private static readonly MikConfig Defaults = new() { Directory = "/" };

    [Fact]
    public void Every_property_of_the_sections_has_a_key()
    {
        Type[] sections =
        [
            typeof(ProjectConfig), typeof(ServerConfig), typeof(BreakerConfig), typeof(TracingConfig), typeof(TenantsConfig), typeof(TenantLimitsConfig),
            typeof(HttpConfig), typeof(CorsConfig), typeof(SecurityConfig),
        ];

        // One of them is the section within a section.
        var properties = sections.Sum(static s => s.GetProperties().Length) - 1;

        Assert.Equal(properties, ConfigKeys.All.Count);
    }

    [Fact]
    public void Names_and_variables_are_unique()
    {
        Assert.Distinct(ConfigKeys.All.Select(static k => k.FullName));
        Assert.Distinct(ConfigKeys.All.SelectMany(static k => k.Variables));
    }

    [Fact]
    public void Defaults_are_in_range()
    {
        Assert.All(ConfigKeys.All.Where(static k => k.Rule is IntegerRule), static key =>
        {
            var rule = (IntegerRule)key.Rule;
            Assert.InRange((int)key.Get(Defaults)!, rule.Minimum, rule.Maximum);
        });
    }

    [Fact]
    public void Setting_a_key_changes_that_key_only()
    {
        Assert.All(ConfigKeys.All.Where(static k => k.Rule is IntegerRule), static key =>
        {
            var changed = key.Set(Defaults, 77);

            Assert.Equal(77, key.Get(changed));
            Assert.All(ConfigKeys.All.Where(k => k != key), other => Assert.Equal(other.Get(Defaults), other.Get(changed)));
        });
    }
}
