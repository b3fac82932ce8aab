using System.Text.RegularExpressions;
using Mik.Components.Types;
using Mik.TestKit;

namespace Mik.Wasi.Tests;

public sealed partial class WasiHostTests
{
    [Fact]
    public void Every_published_function_has_its_published_core_signature()
    {
        var published = File.ReadLines(SharedData.Require("fixtures/abi-core-signatures-0.2.12.txt"))
            .Select(line => line.Split("  ", 3))
            .Where(parts => parts.Length == 3 && !parts[1].EndsWith("_drop", StringComparison.Ordinal))
            .ToDictionary(parts => $"{parts[0].Split('@')[0]}#{parts[1]}", parts => parts[2].Trim());

        var declared = WasiHost.Interfaces
            .SelectMany(each => each.Functions, (each, function) => (Key: $"{each.Name}#{function.Name}", Value: Signature(function.Type)))
            .Where(pair => published.ContainsKey(pair.Key))
            .ToDictionary(pair => pair.Key, pair => pair.Value);

        Assert.NotEmpty(published);
        Assert.Equal(published.OrderBy(pair => pair.Key, StringComparer.Ordinal), declared.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Everything_real_components_import_is_there()
    {
        var lines = File.ReadAllLines(SharedData.Require("fixtures/imports-union-p2.txt"));
        var missing = new List<string>();
        WasiInterface? current = null;
        foreach (var line in lines)
        {
            if (InterfaceLine().Match(line) is { Success: true } head)
            {
                var name = head.Groups[1].Value;
                current = WasiHost.Interfaces.SingleOrDefault(each => each.Name == name);
                missing.AddRange(current is null ? [name] : []);
            }
            else if (line.Trim().StartsWith("resources: ", StringComparison.Ordinal) && current is not null)
            {
                missing.AddRange(line.Trim()["resources: ".Length..].Split(", ").Where(name => name != "-" && !current.Resources.Any(each => each.Name == name)));
            }
            else if (current is not null)
            {
                missing.AddRange(FunctionOnLine().Matches(line).Select(match => match.Groups[1].Value).Where(name => !current.Functions.Any(each => each.Name == name)));
            }
        }

        Assert.Empty(missing);
    }

    [Fact]
    public void No_interface_or_function_is_defined_twice()
    {
        Assert.Distinct(WasiHost.Interfaces.Select(each => each.Name));
        Assert.All(WasiHost.Interfaces, each => Assert.Distinct(each.Functions.Select(function => function.Name)));
    }

    // cabi: flatten_functype, for lowered functions.
    private static string Signature(ComponentFuncType type)
    {
        var parameters = type.Parameters.SelectMany(parameter => Flat(parameter.Type)).ToList();
        var results = type.Result is null ? [] : Flat(type.Result).ToList();
        if (parameters.Count > 16)
        {
            parameters = ["i32"];
        }

        if (results.Count > 1)
        {
            parameters.Add("i32");
            results = [];
        }

        var left = parameters.Count > 0 ? $"({string.Join(' ', parameters)})" : "";
        var right = results.Count > 0 ? $"-> {results[0]}" : "";
        return $"{left} {right}".Trim();
    }

    private static IEnumerable<string> Flat(WitType type) => type switch
    {
        PrimitiveType(PrimitiveKind.U64 or PrimitiveKind.S64) => ["i64"],
        PrimitiveType(PrimitiveKind.F32) => ["f32"],
        PrimitiveType(PrimitiveKind.F64) => ["f64"],
        PrimitiveType(PrimitiveKind.String) or ListType => ["i32", "i32"],
        RecordType(var fields) => fields.SelectMany(field => Flat(field.Type)),
        TupleType(var types) => types.SelectMany(Flat),
        VariantType(var cases) => FlatCases([.. cases.Select(each => each.Type)]),
        OptionType(var some) => FlatCases([some]),
        ResultType(var ok, var error) => FlatCases([ok, error]),
        _ => ["i32"],
    };

    private static IEnumerable<string> FlatCases(WitType?[] cases)
    {
        var joined = new List<string>();
        foreach (var payload in cases)
        {
            var flat = payload is null ? [] : Flat(payload).ToArray();
            for (var i = 0; i < flat.Length; i++)
            {
                if (i == joined.Count)
                {
                    joined.Add(flat[i]);
                }
                else if (joined[i] != flat[i])
                {
                    joined[i] = joined[i] == "i64" || flat[i] is "i64" or "f64" ? "i64" : "i32";
                }
            }
        }

        return joined.Prepend("i32");
    }

    [GeneratedRegex("^- (wasi:[^ ]+) @ ")]
    private static partial Regex InterfaceLine();

    [GeneratedRegex(@"(?:^ *functions \(\d+\): |, )([^ ]+)(?= ×)")]
    private static partial Regex FunctionOnLine();
}
