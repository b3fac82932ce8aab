using System.Globalization;
using Mik.Server.Configuration.Toml;

namespace Mik.Server.Configuration.Keys;

/// <summary>An integer in a range.</summary>
internal sealed class IntegerRule(int minimum, int maximum) : ConfigRule
{
    public int Minimum { get; } = minimum;

    public int Maximum { get; } = maximum;

    public override string Allowed => string.Create(CultureInfo.InvariantCulture, $"an integer from {Minimum} to {Maximum}");

    public override object? Read(TomlValue value, Action<TomlPosition, string> fail)
    {
        switch (value)
        {
            case TomlScalar { Value: long number }:
                if (number >= Minimum && number <= Maximum)
                {
                    return (int)number;
                }

                fail(value.Position, Refuse(number.ToString(CultureInfo.InvariantCulture)));
                return null;
            case TomlScalar { Value: string text }:
                var hint = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? " (write it without quotes)" : "";
                fail(value.Position, Refuse($"the string \"{text}\"{hint}"));
                return null;
            default:
                fail(value.Position, Refuse(value.Description));
                return null;
        }
    }

    public override object? Parse(string text, Action<string> fail)
    {
        if (int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= Minimum && number <= Maximum)
        {
            return number;
        }

        fail(Refuse($"'{text}'"));
        return null;
    }
}
