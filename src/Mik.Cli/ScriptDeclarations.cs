using System.Text.Json;
using Mik.Server.Configuration;

namespace Mik.Cli;

/// <summary>The declarations of the package <c>mik-sdk</c>, which the program carries with it.</summary>
internal static class ScriptDeclarations
{
    /// <summary>Where they are written, relative to the project's directory.</summary>
    public const string Directory = ".mik/types";

    // As in the project file.
    private const string ResourcePrefix = "mik-sdk/";

    /// <summary>Writes them, in place of those that an earlier version wrote.</summary>
    /// <param name="projectDirectory">The project's directory; empty for the current one.</param>
    /// <exception cref="IOException">They cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be written.</exception>
    public static void Write(string projectDirectory)
    {
        var root = Path.Combine(projectDirectory, Directory);
        var package = Path.Combine(root, ResourcePrefix);
        if (System.IO.Directory.Exists(package))
        {
            System.IO.Directory.Delete(package, recursive: true);
        }

        var assembly = typeof(ScriptDeclarations).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(static n => n.StartsWith(ResourcePrefix, StringComparison.Ordinal)))
        {
            var file = Path.Combine(root, name);
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            using var source = assembly.GetManifestResourceStream(name)!;
            using var target = File.Create(file);
            source.CopyTo(target);
        }
    }

    /// <summary>A <c>tsconfig.json</c> for a project's scripts and their tests.</summary>
    public static string CompilerConfiguration(MikConfig config)
    {
        var scripts = Path.GetRelativePath(config.Directory, config.ScriptsDirectory).Replace('\\', '/').TrimEnd('/');
        return $$"""
            {
              "compilerOptions": {
                "target": "es2023",
                "lib": ["es2023"],
                "module": "esnext",
                "moduleResolution": "bundler",
                "paths": {
                  "mik-sdk": ["./{{Directory}}/mik-sdk/index.d.ts"],
                  "mik-sdk/testing": ["./{{Directory}}/mik-sdk/testing/index.d.ts"]
                },
                "types": [],
                "strict": true,
                "noEmit": true,
                "allowJs": true,
                "allowImportingTsExtensions": true,
                "erasableSyntaxOnly": true
              },
              "files": ["./{{Directory}}/mik-sdk/globals.d.ts", "./{{Directory}}/mik-sdk/testing/globals.d.ts"],
              "include": ["{{JsonEncodedText.Encode(scripts)}}"]
            }

            """;
    }
}
