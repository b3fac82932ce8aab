using System.Text;
using System.Text.RegularExpressions;
using Mik.Scripting.Bodies;
using Mik.Scripting.Execution;
using Mik.Scripting.TypeScript;
using Mik.Wasm.Runtime;

namespace Mik.Scripting.Modules;

/// <summary>
/// The files of one script as the script engine asks for them: read, with types erased, and kept, so that a later evaluation sees what
/// the first one saw.
/// </summary>
internal sealed class ScriptModules
{
    // What is larger would not fit the memory of the machine that loads it, and a file is read outside of that.
    private const long MaxFileBytes = 16 << 20;

    private const string UnavailablePrefix = "unavailable:";

    private readonly ModuleResolver _resolver;
    private readonly TypeScriptEraser _eraser;
    private readonly IStoreOwner? _owner;
    private readonly Dictionary<string, string> _sources = [];
    private readonly Dictionary<(string Importer, string Specifier), string> _imports = [];
    private readonly List<string> _files = [];
    private bool _isComplete;

    /// <param name="entryFile">The script's own file.</param>
    /// <param name="scriptsRoot">The directory that no import may leave.</param>
    /// <param name="eraser">Erases types.</param>
    /// <param name="owner">Who pays for that.</param>
    /// <exception cref="ScriptException">There is no such file.</exception>
    public ScriptModules(string entryFile, string scriptsRoot, TypeScriptEraser eraser, IStoreOwner? owner = null)
    {
        _resolver = new ModuleResolver(scriptsRoot);
        _eraser = eraser;
        _owner = owner;
        _files.Add(Path.GetFullPath(entryFile));
        var file = _resolver.FindEntry(entryFile)
            ?? throw new ScriptException(
                ScriptFailure.NotFound, $"{Path.GetFileName(entryFile)} does not exist in the scripts directory.");
        EntryName = _resolver.NameOf(file);
    }

    /// <summary>The name of the script's own module.</summary>
    public string EntryName { get; }

    /// <summary>All files read or looked for so far.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>The clock of the machine that evaluates the modules, which stands still while types are erased.</summary>
    public RunClock? Clock { get; set; }

    /// <summary>From now on only what was imported before can be imported.</summary>
    public void Complete() => _isComplete = true;

    /// <summary>The name of the module that <paramref name="importer"/> means.</summary>
    public string Resolve(string importer, string specifier)
    {
        if (_imports.TryGetValue((importer, specifier), out var known))
        {
            return known;
        }

        if (_isComplete)
        {
            return UnavailablePrefix + specifier;
        }

        var file = _resolver.Resolve(importer, specifier, out var problem);
        if (file is null)
        {
            throw Failed(problem, PlaceOfImport(importer, specifier, null));
        }

        return _imports[(importer, specifier)] = _resolver.NameOf(file);
    }

    /// <summary>The JavaScript of a module.</summary>
    public string Load(string name)
    {
        if (name.StartsWith(UnavailablePrefix, StringComparison.Ordinal))
        {
            return "throw new Error('import() finds only modules that were imported while the script loaded')";
        }

        if (_sources.TryGetValue(name, out var source))
        {
            return source;
        }

        return _sources[name] = Read(name);
    }

    /// <summary>The JavaScript of a TypeScript source.</summary>
    /// <exception cref="ScriptException">It cannot be erased.</exception>
    public string Erase(string name, string source)
    {
        // Otherwise its owner would pay twice, and be stopped in the machine that waits.
        Clock?.Leave();
        var erased = _eraser.Erase(name, source, _owner);
        return Clock?.Enter() == false ? throw new TrapException(TrapCode.Interrupted) : erased;
    }

    /// <summary>The JavaScript of a module that was loaded; <see langword="null"/> for any other name.</summary>
    public string? Loaded(string name) => _sources.GetValueOrDefault(name);

    /// <summary>Makes the exception for a module that lacks an export.</summary>
    public ScriptException MissingExport(string module, string export)
    {
        foreach (var ((importer, specifier), target) in _imports)
        {
            if (target == module && PlaceOfImport(importer, specifier, export) is { } place)
            {
                return NoSuchExport(importer, specifier, export, place);
            }
        }

        foreach (var (importer, source) in _sources)
        {
            if (module == BuiltInModules.Sdk && FindImport(source, "mik-sdk", export) is { } index)
            {
                return NoSuchExport(importer, "mik-sdk", export, SourcePosition.At(importer, source, index));
            }
        }

        return Failed($"'{module}' has no export '{export}'", null);
    }

    private static ScriptException Failed(string message, SourcePosition? place) => new(ScriptFailure.LoadFailed, message)
    {
        File = place?.File,
        Line = place?.Line,
        Column = place?.Column,
    };

    private static ScriptException NoSuchExport(string importer, string specifier, string export, SourcePosition place)
    {
        var hint = IsTypeScript(importer) ? $"; if '{export}' is a type, write 'import type'" : "";
        return Failed($"'{specifier}' has no export '{export}'{hint}", place);
    }

    private static bool IsTypeScript(string name) => name.EndsWith("ts", StringComparison.Ordinal);

    // The script engine's own complaint would point into the text it is handed here, not into the file.
    private static ScriptException? ProblemOfJson(string name, string text)
    {
        if (IncomingBody.JsonProblem(Encoding.UTF8.GetBytes(text)) is not { } problem)
        {
            return null;
        }

        var (line, column) = ((int)(problem.LineNumber ?? 0) + 1, (int)(problem.BytePositionInLine ?? 0) + 1);
        return Failed($"{name} is not JSON", SourcePosition.AtByte(name, text, line, column));
    }

    private static int? FindImport(string source, string specifier, string? export)
    {
        var quoted = $"""(?<quote>['"]){Regex.Escape(specifier)}\k<quote>""";
        var pattern = export is null
            ? $"(?<place>){quoted}"
            : $"""\b(?:import|export)\b[^'"]*?(?<place>\b){Regex.Escape(export)}\b[^'"]*?\bfrom\s*{quoted}""";
        try
        {
            var match = Regex.Match(source, pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            return match.Success ? match.Groups["place"].Index : null;
        }
        catch (RegexMatchTimeoutException)
        {
            // A failure without its place is still one.
            return null;
        }
    }

    private SourcePosition? PlaceOfImport(string importer, string specifier, string? export) =>
        _sources.TryGetValue(importer, out var source) && FindImport(source, specifier, export) is { } index
            ? SourcePosition.At(importer, source, index)
            : null;

    private string Read(string name)
    {
        var file = _resolver.FileOf(name);
        if (!_files.Contains(file))
        {
            _files.Add(file);
        }

        string text;
        try
        {
            if (new FileInfo(file).Length > MaxFileBytes)
            {
                throw Failed($"{name} is larger than {MaxFileBytes >> 20} MiB", null);
            }

            text = File.ReadAllText(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Failed($"{name} cannot be read: {problem.Message}", null);
        }

        return Path.GetExtension(name) switch
        {
            _ when TypeScriptEraser.Applies(name) => Erase(name, text),
            ".json" when ProblemOfJson(name, text) is { } problem => throw problem,
            ".json" => $"export default JSON.parse({JavaScriptText.Literal(text)});",
            _ => text,
        };
    }
}
