using Mik.Server.Configuration.Toml;

namespace Mik.Server.Configuration.Keys;

/// <summary>An array of strings, in the environment separated by commas. A wrong item is reported where it stands.</summary>
internal sealed class TextListRule(string allowed, string allowedItem, Func<string, string?> accept) : ConfigRule
{
    public override string Allowed { get; } = allowed;

    public override object? Read(TomlValue value, Action<TomlPosition, string> fail)
    {
        if (value is not TomlArray { IsOfTables: false } array)
        {
            fail(value.Position, Refuse(value.Description));
            return null;
        }

        var items = new List<string>();
        foreach (var item in array.Items)
        {
            if (item is TomlScalar { Value: string text } && accept(text) is { } accepted)
            {
                items.Add(accepted);
            }
            else
            {
                fail(item.Position, $"each item must be {allowedItem}, found {(item is TomlScalar { Value: string found } ? $"\"{found}\"" : item.Description)}");
            }
        }

        return items.Count == array.Items.Count ? items : null;
    }

    public override object? Parse(string text, Action<string> fail)
    {
        var items = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var accepted = items.Select(accept).OfType<string>().ToList();
        if (accepted.Count == items.Length)
        {
            return accepted;
        }

        fail($"each item between commas must be {allowedItem}, found \"{items.First(i => accept(i) is null)}\"");
        return null;
    }
}
