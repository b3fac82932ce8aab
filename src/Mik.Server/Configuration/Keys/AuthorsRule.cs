using Mik.Server.Configuration.Toml;

namespace Mik.Server.Configuration.Keys;

/// <summary>The authors of a project: <c>[{ name = "Ada", email = "ada@example.com" }]</c>, or just names.</summary>
internal sealed class AuthorsRule : ConfigRule
{
    public override string Allowed => "an array of { name = \"…\", email = \"…\" } or of names";

    public override object? Read(TomlValue value, Action<TomlPosition, string> fail)
    {
        if (value is not TomlArray array)
        {
            fail(value.Position, Refuse(value.Description));
            return null;
        }

        var authors = new List<ProjectAuthor>();
        foreach (var item in array.Items)
        {
            if (ReadAuthor(item) is { } author)
            {
                authors.Add(author);
            }
            else
            {
                fail(item.Position, "each author must be a name, or a table with the strings name and, optionally, email");
            }
        }

        return authors.Count == array.Items.Count ? authors : null;
    }

    public override object? Parse(string text, Action<string> fail)
    {
        fail("can only be set in mik.toml");
        return null;
    }

    private static ProjectAuthor? ReadAuthor(TomlValue item)
    {
        if (item is TomlScalar { Value: string only })
        {
            return new ProjectAuthor(only, null);
        }

        if (item is not TomlTable table || table.Entries.Any(static e => e.Key.Name is not ("name" or "email") || e.Value is not TomlScalar { Value: string }))
        {
            return null;
        }

        string? Text(string name) => table.TryGet(name, out var entry) ? (string)((TomlScalar)entry.Value).Value : null;
        return Text("name") is { } author ? new ProjectAuthor(author, Text("email")) : null;
    }
}
