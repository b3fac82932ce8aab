namespace Mik.Scripting.Modules;

/// <summary>
/// The modules that come with the program: those of <c>JavaScript/</c>, named <c>mik:</c> and the file, and the files of the package
/// <c>mik-sdk</c>, named <c>mik:sdk/</c> and their path in it. Scripts import the package by its name and nothing else of them.
/// </summary>
internal static class BuiltInModules
{
    /// <summary>What scripts write to import the package.</summary>
    public const string SdkSpecifier = "mik-sdk";

    /// <summary>The module that scripts import as <c>mik-sdk</c>.</summary>
    public const string Sdk = Prefix + "sdk/index.js";

    /// <summary>The module that tests import as <c>mik-sdk/testing</c>.</summary>
    public const string SdkTesting = Prefix + "sdk/testing/index.js";

    /// <summary>The module that tests written for another runner import by that runner's name.</summary>
    public const string SdkTestingApi = Prefix + "sdk/testing/api.js";

    private const string Prefix = "mik:";

    public static bool Contains(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The name of the module that one of these modules means.</summary>
    public static string Resolve(string importer, string specifier) =>
        specifier.StartsWith('.') ? Prefix + new Uri(new Uri($"file:///{importer[Prefix.Length..]}"), specifier).AbsolutePath[1..] : specifier;

    public static string Load(string name)
    {
        var file = name[Prefix.Length..];
        return EmbeddedFile.ReadText(Path.HasExtension(file) ? file : $"{file}.js");
    }
}
