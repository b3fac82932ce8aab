using Mik.Server.Configuration.Toml;

namespace Mik.Server.Configuration.Keys;

/// <summary>A string; <paramref name="accept"/> returns it in its usual form, or null when it is not allowed.</summary>
internal sealed class TextRule(string allowed, Func<string, string?> accept) : ConfigRule
{
    public override string Allowed { get; } = allowed;

    public override object? Read(TomlValue value, Action<TomlPosition, string> fail)
    {
        if (value is TomlScalar { Value: string text })
        {
            return Parse(text, message => fail(value.Position, message));
        }

        fail(value.Position, Refuse(value.Description));
        return null;
    }

    public override object? Parse(string text, Action<string> fail)
    {
        if (accept(text) is { } accepted)
        {
            return accepted;
        }

        fail(Refuse($"\"{text}\""));
        return null;
    }
}
