using Mik.Server.Configuration.Keys;
using Mik.Server.Configuration.Toml;

namespace Mik.Server.Configuration;

/// <summary>
/// Builds a <see cref="MikConfig"/>. Later sources win: 1. defaults, 2. <c>mik.toml</c>, 3. environment, 4. command line;
/// then 5. what several keys must satisfy together is checked.
/// </summary>
public sealed class ConfigReader
{
    /// <summary>Name of the configuration's file in the project's directory.</summary>
    public const string FileName = "mik.toml";

    /// <summary>Far above any file a person writes; reading stops there instead of filling memory.</summary>
    private const long MaxFileBytes = 1024 * 1024;

    private readonly ConfigProblemList _problems = new();
    private readonly Dictionary<ConfigKey, ConfigOrigin> _origins = [];
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly string _file;
    private MikConfig _config;

    private ConfigReader(ConfigRequest request)
    {
        var directory = Path.GetFullPath(request.Directory);
        _environment = request.Environment;
        _file = request.Directory is "" or "." ? FileName : Path.Combine(request.Directory, FileName);
        _config = new MikConfig
        {
            Directory = directory,
            SingleHandlerFile = request.SingleHandlerFile is { } file ? Path.GetFullPath(file) : null,
            Project = new ProjectConfig { Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(directory)) is { Length: > 0 } name ? name : "app" },
        };
    }

    /// <summary>Reads and checks a configuration.</summary>
    /// <exception cref="ConfigException">It has errors; the exception lists all of them.</exception>
    public static ConfigResult Read(ConfigRequest request) => new ConfigReader(request).ReadAll(request);

    private ConfigResult ReadAll(ConfigRequest request)
    {
        // :: 2. The file.
        ReadFile();

        // :: 3. The environment.
        ReadEnvironment(request.Environment);

        // :: 4. The command line.
        foreach (var option in request.Options)
        {
            Apply(ConfigKeys.Get(option.Key), option.Value, OriginOf(option));
        }

        // :: 5. All together.
        _config = ConfigValidator.Check(_config, _origins, _problems);

        if (!_problems.HasErrors)
        {
            return new ConfigResult(_config, _problems.All);
        }

        var options = request.Options.Select(static option => OriginOf(option).Source);
        throw new ConfigException(
            _problems.All,
            isMisuse: _problems.All.Where(static p => p.Severity == ConfigSeverity.Error).All(p => options.Contains(p.Source)));
    }

    private static ConfigOrigin OriginOf(ConfigOption option) => new($"option {option.Option}");

    private void ReadFile()
    {
        byte[] bytes;
        try
        {
            var file = new FileInfo(Path.Combine(_config.Directory, FileName));
            if (!file.Exists)
            {
                return;
            }

            if (file.Length > MaxFileBytes)
            {
                _problems.Error(new ConfigOrigin(_file), null, "is larger than 1 MiB");
                return;
            }

            bytes = File.ReadAllBytes(file.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _problems.Error(new ConfigOrigin(_file), null, $"cannot be read: {e.Message}");
            return;
        }

        var document = TomlParser.Parse(bytes);
        foreach (var error in document.Errors)
        {
            _problems.Error(At(error.Position), null, error.Message);
        }

        foreach (var entry in document.Root.Entries)
        {
            ReadSection(entry);
        }
    }

    private void ReadSection(TomlEntry section)
    {
        var name = section.Key.Name;
        if (ForeignKeys.Explain(name) is { } explanation)
        {
            _problems.Warn(At(section.Key.Position), null, $"[{name}] {explanation}");
        }
        else if (!ConfigKeys.Sections.Contains(name))
        {
            WarnOfUnknownSection(section);
        }
        else if (name == AuthKeys.Section)
        {
            ReadAuth(section.Value);
        }
        else if (section.Value is not TomlTable table)
        {
            _problems.Error(At(section.Value.Position), name, $"must be a table, written under a [{name}] header, found {section.Value.Description}");
        }
        else if (name == ConfigKeys.EnvSection)
        {
            ReadEnv(table);
        }
        else if (name == HandlerKeys.Section)
        {
            ReadHandlers(table);
        }
        else
        {
            ReadTable(name, table);
        }
    }

    private void ReadTable(string section, TomlTable table)
    {
        foreach (var entry in table.Entries)
        {
            var inner = $"{section}.{entry.Key.Name}";
            if (!ConfigKeys.Sections.Contains(inner))
            {
                ReadKey(section, entry);
            }
            else if (entry.Value is TomlTable { } innerTable)
            {
                ReadTable(inner, innerTable);
            }
            else
            {
                _problems.Error(At(entry.Value.Position), inner, $"must be a table, written under a [{inner}] header, found {entry.Value.Description}");
            }
        }
    }

    private void ReadKey(string section, TomlEntry entry)
    {
        var name = entry.Key.Name;
        if (ConfigKeys.Find(section, name) is not { } key)
        {
            WarnOfUnknownKey(section, entry);
            return;
        }

        var value = key.Rule.Read(entry.Value, (position, message) => _problems.Error(At(position), key.FullName, message));
        if (value is not null)
        {
            Set(key, value, At(entry.Value.Position));
        }
    }

    private void ReadEnv(TomlTable table)
    {
        var variables = new List<EnvVariable>();
        foreach (var (key, value) in table.Entries)
        {
            var fullName = $"{ConfigKeys.EnvSection}.{key.Name}";
            if (key.Name.Length == 0 || key.Name.AsSpan().ContainsAny('=', '\0'))
            {
                _problems.Error(At(key.Position), fullName, "the name of a variable must not be empty or contain '='");
            }
            else if (value is not TomlScalar { Value: string text })
            {
                _problems.Error(At(value.Position), fullName, $"must be a string (in quotes), found {value.Description}");
            }
            else
            {
                variables.Add(new EnvVariable(key.Name, text));
            }
        }

        _config = _config with { Env = variables };
    }

    private void ReadHandlers(TomlTable table)
    {
        var reader = new RecordReader<HandlerConfig>(HandlerKeys.All, _problems, At);
        var handlers = new Dictionary<string, HandlerConfig>(StringComparer.Ordinal);
        foreach (var (key, value) in table.Entries)
        {
            var path = $"{HandlerKeys.Section}.{key.Name}";
            if (value is TomlTable handler)
            {
                handlers[key.Name] = reader.Read(handler, path, CheckHandler);
            }
            else
            {
                _problems.Error(At(value.Position), path, $"must be a table, written under a [{path}] header, found {value.Description}");
            }
        }

        _config = _config with { Handlers = handlers };
    }

    private void CheckHandler(HandlerConfig handler, TomlEntry entry, string fullName)
    {
        if (entry.Key.Name == HandlerKeys.Mounts)
        {
            ConfigValidator.CheckMounts(_config, handler, message => _problems.Error(At(entry.Value.Position), fullName, message));
        }
    }

    private void ReadAuth(TomlValue value)
    {
        if (value is TomlArray { IsOfTables: true } tables)
        {
            _config = _config with { Auth = new AuthReader(_environment, _config.Directory, _problems, At).Read(tables) };
        }
        else
        {
            _problems.Error(At(value.Position), AuthKeys.Section, $"must be tables, each written under an [[{AuthKeys.Section}]] header, found {value.Description}");
        }
    }

    private void ReadEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        foreach (var key in ConfigKeys.All)
        {
            foreach (var variable in key.Variables)
            {
                if (environment.TryGetValue(variable, out var text) && text.Length > 0)
                {
                    Apply(key, text, new ConfigOrigin($"environment variable {variable}"));
                }
            }
        }

        // Other programs may use the prefix, so that only a near miss is worth a word.
        var known = ConfigKeys.All.SelectMany(static k => k.Variables).Where(static v => v.StartsWith("MIK_", StringComparison.Ordinal)).ToList();
        foreach (var variable in environment.Keys.Where(v => v.StartsWith("MIK_", StringComparison.Ordinal) && !known.Contains(v)).Order(StringComparer.Ordinal))
        {
            if (known.Find(k => NearestName.Distance(variable, k) <= (k.Length < 12 ? 1 : 2)) is { } nearest)
            {
                _problems.Warn(new ConfigOrigin($"environment variable {variable}"), null, $"is not known and is ignored; did you mean {nearest}?");
            }
        }
    }

    private void Apply(ConfigKey key, string text, ConfigOrigin origin)
    {
        if (key.Rule.Parse(text, message => _problems.Error(origin, key.FullName, message)) is { } value)
        {
            Set(key, value, origin);
        }
    }

    private void Set(ConfigKey key, object value, ConfigOrigin origin)
    {
        if (!key.IsObeyed)
        {
            _problems.Warn(origin, key.FullName, ForeignKeys.Ignored);
        }

        _config = key.Set(_config, value);
        _origins[key] = origin;
    }

    private void WarnOfUnknownSection(TomlEntry section)
    {
        var name = section.Key.Name;
        if (section.Value is not (TomlTable or TomlArray { IsOfTables: true }))
        {
            WarnOfUnknownKey("", section);
            return;
        }

        var hint = NearestName.Find(name, ConfigKeys.Sections) is { } nearest ? $"; did you mean [{nearest}]?" : "";
        _problems.Warn(At(section.Key.Position), null, $"unknown section [{name}] is ignored{hint}");
    }

    private void WarnOfUnknownKey(string section, TomlEntry entry)
    {
        var name = entry.Key.Name;
        var fullName = section.Length == 0 ? name : $"{section}.{name}";
        if (ForeignKeys.Explain(fullName) is { } explanation)
        {
            _problems.Warn(At(entry.Key.Position), fullName, explanation);
            return;
        }

        var hint = "";
        if (NearestName.Find(name, ConfigKeys.All.Where(k => k.Section == section).Select(static k => k.Name)) is { } nearest)
        {
            hint = $"; did you mean {nearest}?";
        }
        else if (NearestName.Find(name, ConfigKeys.All.Select(static k => k.Name)) is { } elsewhere)
        {
            var key = ConfigKeys.All.First(k => k.Name == elsewhere);
            hint = $"; did you mean {key.Name} in [{key.Section}]?";
        }

        _problems.Warn(At(entry.Key.Position), fullName, $"unknown key is ignored{hint}");
    }

    private ConfigOrigin At(TomlPosition position) => new(_file, position);
}
