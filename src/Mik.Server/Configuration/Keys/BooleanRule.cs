using Mik.Server.Configuration.Toml;

namespace Mik.Server.Configuration.Keys;

/// <summary>Yes or no.</summary>
internal sealed class BooleanRule : ConfigRule
{
    public override string Allowed => "true or false";

    public override object? Read(TomlValue value, Action<TomlPosition, string> fail)
    {
        if (value is TomlScalar { Value: bool flag })
        {
            return flag;
        }

        var hint = value is TomlScalar { Value: "true" or "false" } ? " (write it without quotes)" : "";
        fail(value.Position, Refuse(value.Description + hint));
        return null;
    }

    public override object? Parse(string text, Action<string> fail)
    {
        switch (text.Trim())
        {
            case "true" or "1":
                return true;
            case "false" or "0":
                return false;
            default:
                fail(Refuse($"'{text}'"));
                return null;
        }
    }
}
