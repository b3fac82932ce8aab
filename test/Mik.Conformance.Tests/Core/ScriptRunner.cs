using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Conformance.Tests.Core;

/// <summary>Runs one script in a store of its own and records what its commands did.</summary>
internal sealed class ScriptRunner : IDisposable
{
    private readonly Engine _engine;
    private readonly Store _store;
    private readonly Script _script;
    private readonly ScriptOutcome _outcome = new();

    // An entry without an instance stands for a module that was skipped; what depends on it is skipped, too.
    private readonly Dictionary<string, Instance?> _instances = [];
    private readonly Dictionary<string, Instance?> _registered = [];
    private readonly Dictionary<string, Module?> _definitions = [];
    private Module? _lastDefinition;
    private Instance? _current;

    private ScriptRunner(Engine engine, Script script)
    {
        _engine = engine;
        _script = script;
        _store = new Store(engine, new StoreLimits { MaxMemories = 1_000 });
    }

    /// <param name="engine">What compiles.</param>
    /// <param name="script">What to run.</param>
    /// <param name="onlyLine">The only assertion to check; everything up to it that is no assertion runs as well. All when absent.</param>
    public static ScriptOutcome Run(Engine engine, Script script, int? onlyLine = null)
    {
        using var runner = new ScriptRunner(engine, script);
        runner._registered["spectest"] = runner.Instantiate(
            engine.Compile(File.ReadAllBytes(TestKit.SharedData.Require("conformance/spectest.wasm")), "spectest"));
        foreach (var command in script.Commands.Where(c => onlyLine is null || c.Line == onlyLine || (c.Line < onlyLine && !c.IsAssertion)))
        {
            runner.Run(command);
        }

        return runner._outcome;
    }

    public void Dispose() => _store.Dispose();

    private void Run(ScriptCommand command)
    {
        if (command.NeedsTextParser)
        {
            _outcome.TextOnly += command.IsAssertion ? 1 : 0;
            return;
        }

        try
        {
            Execute(command);
            _outcome.Passed += command.IsAssertion ? 1 : 0;
        }
        catch (SkippedException)
        {
            _outcome.Skipped += command.IsAssertion ? 1 : 0;
        }
        catch (Exception e)
        {
            // Whatever the engine throws that a command does not expect is that command's failure, and the next one can still run.
            var what = e is UnexpectedException ? e.Message : $"{e.GetType().Name}: {e.Message}";
            _outcome.Failures[command.Line] = $"{command.Type} {command.Action?.Field}: {what}";
            _outcome.FailedAssertions += command.IsAssertion ? 1 : 0;
        }
    }

    private void Execute(ScriptCommand command)
    {
        switch (command.Type)
        {
            case "module":
                _current = null;
                SetCurrent(command.Text("name"), null);
                SetCurrent(command.Text("name"), Instantiate(Compile(command)));
                break;
            case "module_definition":
                _lastDefinition = null;
                SetDefinition(command.Text("name"), null);
                SetDefinition(command.Text("name"), Compile(command));
                break;
            case "module_instance":
                _current = null;
                SetCurrent(command.Text("instance"), null);
                var definition = command.Text("module") is { } name ? _definitions[name] : _lastDefinition;
                SetCurrent(command.Text("instance"), Instantiate(definition ?? throw new SkippedException()));
                break;
            case "register":
                _registered[command.Text("as")!] = null;
                _registered[command.Text("as")!] = InstanceNamed(command.Text("name"));
                break;
            case "action":
                Perform(command.Action!);
                break;
            case "assert_return":
                CheckResults(command, Perform(command.Action!));
                break;
            case "assert_trap":
                ExpectTrap(command, () => Perform(command.Action!));
                break;
            case "assert_exhaustion":
                var exhaustion = Expect<TrapException>(() => Perform(command.Action!));
                Require(exhaustion.Code == TrapCode.StackExhausted, $"trapped with {exhaustion.Code}");
                break;
            case "assert_exception":
                Expect<WasmException>(() => Perform(command.Action!));
                break;
            case "assert_malformed" or "assert_invalid":
                // A feature we lack is refused with the same exceptions, so these need no exemption.
                Expect<ModuleException>(() => _engine.Compile(_script.Group.Read(command.BinaryFile!), ModuleName(command)));
                break;
            case "assert_unlinkable":
                var unlinkable = Compile(command);
                Expect<LinkException>(() => Instantiate(unlinkable));
                break;
            case "assert_uninstantiable":
                var uninstantiable = Compile(command);
                ExpectTrap(command, () => Instantiate(uninstantiable));
                break;
            default:
                throw new UnexpectedException($"unknown command {command.Type}");
        }
    }

    private void SetCurrent(string? name, Instance? instance)
    {
        _current = instance;
        if (name is not null)
        {
            _instances[name] = instance;
        }
    }

    private void SetDefinition(string? name, Module? module)
    {
        _lastDefinition = module;
        if (name is not null)
        {
            _definitions[name] = module;
        }
    }

    // A feature that is listed as unsupported must be refused, or the list is wrong.
    private Module Compile(ScriptCommand command)
    {
        var binary = _script.Group.Read(command.BinaryFile!);
        if (command.UnsupportedFeature is not { } feature)
        {
            return _engine.Compile(binary, ModuleName(command));
        }

        try
        {
            _engine.Compile(binary, ModuleName(command));
        }
        catch (ModuleException)
        {
            throw new SkippedException();
        }

        throw new UnexpectedException($"needs {feature}, which is listed as unsupported, and is accepted");
    }

    private string ModuleName(ScriptCommand command) => $"{_script.Name}:{command.Line}";

    private Instance Instantiate(Module module)
    {
        var imports = new Extern[module.Imports.Count];
        for (var i = 0; i < imports.Length; i++)
        {
            var import = module.Imports[i];
            imports[i] = Find(import.Module)?.GetExport(import.Name)
                ?? throw new LinkException($"unknown import {import.Module} {import.Name}");
        }

        return module.Instantiate(_store, imports);
    }

    private Instance? Find(string module) =>
        !_registered.TryGetValue(module, out var instance) ? null : instance ?? throw new SkippedException();

    private Instance InstanceNamed(string? name) =>
        (name is null ? _current : _instances[name]) ?? throw new SkippedException();

    private List<TypedValue> Perform(ScriptAction action)
    {
        var export = InstanceNamed(action.Module).GetExport(action.Field);
        if (!action.IsInvoke)
        {
            var global = export as Global ?? throw new UnexpectedException("no such global");
            return [new TypedValue(((GlobalType)global.ExternType).ValueType, global.Bits)];
        }

        var func = export as Func ?? throw new UnexpectedException("no such function");
        var arguments = action.Arguments.SelectMany(ScriptValue.Slots).ToArray();
        var results = new ulong[func.Type.ResultSlots];
        func.Invoke(arguments, results);
        var values = new List<TypedValue>();
        var slot = 0;
        foreach (var type in func.Type.Results)
        {
            values.Add(new TypedValue(type, new UInt128(type.Slots() == 2 ? results[slot + 1] : 0, results[slot])));
            slot += type.Slots();
        }

        return values;
    }

    private static void CheckResults(ScriptCommand command, List<TypedValue> results)
    {
        var expected = command.Expected.ToList();
        Require(results.Count == expected.Count, $"{results.Count} results instead of {expected.Count}");
        for (var i = 0; i < expected.Count; i++)
        {
            var (type, bits) = results[i];
            Require(ScriptValue.Matches(expected[i], type, bits), $"result {i} is {type} 0x{bits:x}, not {expected[i]}");
        }
    }

    // The suite's wording is a prefix of ours or the other way round: it adds an element's number in places.
    private static void ExpectTrap(ScriptCommand command, Action action)
    {
        var text = command.Text("text")!;
        var actual = Expect<TrapException>(action).Message;
        Require(
            actual.StartsWith(text, StringComparison.Ordinal) || text.StartsWith(actual, StringComparison.Ordinal),
            $"trapped with “{actual}”, not “{text}”");
    }

    private static T Expect<T>(Action action)
        where T : Exception
    {
        try
        {
            action();
        }
        catch (T e)
        {
            return e;
        }

        throw new UnexpectedException($"succeeded where {typeof(T).Name} is expected");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new UnexpectedException(otherwise);
        }
    }

    private readonly record struct TypedValue(ValType Type, UInt128 Bits);

    /// <summary>The command depends on a feature we do not implement.</summary>
    private sealed class SkippedException : Exception;

    private sealed class UnexpectedException(string message) : Exception(message);
}
