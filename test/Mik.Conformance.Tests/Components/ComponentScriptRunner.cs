using Mik.Components;
using Mik.Components.Linking;
using Mik.Components.Runtime;
using Mik.Conformance.Tests.Core;
using Mik.Wasm.Runtime;

namespace Mik.Conformance.Tests.Components;

/// <summary>Runs one script of components and records what each of its commands did. Every instance has a store of its own.</summary>
internal sealed class ComponentScriptRunner : IDisposable
{
    private readonly Engine _engine;
    private readonly Script _script;
    private readonly WasmtimeHost _host;
    private readonly SortedDictionary<int, CaseOutcome> _outcomes = [];
    private readonly List<ComponentInstance> _all = [];

    // A name is missing when what it stands for failed; what depends on it is not tried.
    private readonly Dictionary<string, ComponentInstance> _instances = [];
    private readonly Dictionary<string, IReadOnlyDictionary<string, Item>> _exports = [];
    private readonly Dictionary<string, Component> _definitions = [];
    private Component? _lastDefinition;
    private ComponentInstance? _current;

    private ComponentScriptRunner(Engine engine, Script script)
    {
        _engine = engine;
        _script = script;
        _host = new WasmtimeHost(engine);
    }

    /// <summary>The outcome of every command that needs no parser of the text format, by line.</summary>
    public static IReadOnlyDictionary<int, CaseOutcome> Run(Engine engine, Script script)
    {
        using var runner = new ComponentScriptRunner(engine, script);
        foreach (var command in script.Commands.Where(static c => !c.NeedsTextParser))
        {
            runner._outcomes.Add(command.Line, runner.Run(command));
        }

        return runner._outcomes;
    }

    public void Dispose()
    {
        foreach (var instance in _all)
        {
            instance.Dispose();
        }
    }

    private CaseOutcome Run(ScriptCommand command)
    {
        try
        {
            Execute(command);
            return CaseOutcome.Passed;
        }
        catch (DependsOnFailureException)
        {
            return new CaseOutcome(Blocker: _outcomes.Last(static o => o.Value.Failure is not null).Key);
        }
        catch (UnexpectedException e)
        {
            return new CaseOutcome($"{command.Type}: {e.Message}");
        }
        catch (Exception e)
        {
            // Whatever comes out that a command does not expect is that command's failure, and the next one can still run.
            return new CaseOutcome($"{command.Type}: {e.GetType().Name}: {e.Message}");
        }
    }

    private void Execute(ScriptCommand command)
    {
        switch (command.Type)
        {
            case "module":
                Forget(command.Text("name"));
                Instantiate(Compile(command), command.Text("name"));
                break;
            case "module_definition":
                _lastDefinition = null;
                _lastDefinition = Compile(command);
                if (command.Text("name") is { } defined)
                {
                    _definitions[defined] = _lastDefinition;
                }

                break;
            case "module_instance":
                Forget(command.Text("instance"));
                var definition = command.Text("module") is { } name ? _definitions.GetValueOrDefault(name) : _lastDefinition;
                Instantiate(definition ?? throw new DependsOnFailureException(), command.Text("instance"));
                break;
            case "assert_return":
                CheckResult(command, Perform(command.Action!));
                break;
            case "assert_trap":
                Expect<TrapException>(() => Perform(command.Action!));
                break;
            case "assert_malformed" or "assert_invalid":
                Expect<ModuleException>(() => Compile(command));
                break;
            case "assert_unlinkable":
                var unlinkable = Compile(command);
                Expect<LinkException>(() => Instantiate(unlinkable, null));
                break;
            case "assert_uninstantiable":
                var uninstantiable = Compile(command);
                Expect<TrapException>(() => Instantiate(uninstantiable, null));
                break;
            default:
                throw new UnexpectedException("unknown command");
        }
    }

    private Component Compile(ScriptCommand command) =>
        Component.Compile(_engine, _script.Group.Read(command.BinaryFile!), $"{_script.Name}:{command.Line}");

    private void Forget(string? name)
    {
        _current = null;
        if (name is not null)
        {
            _instances.Remove(name);
            _exports.Remove(name[1..]);
        }
    }

    private void Instantiate(Component component, string? name)
    {
        var pre = _host.LinkerWith(_exports).Prepare(component);
        _current = pre.Instantiate(new Store(_engine), null);
        _all.Add(_current);
        if (name is not null)
        {
            _instances[name] = _current;
            _exports[name[1..]] = pre.Plan.Exports;
        }
    }

    private (ComponentFunc Function, ComponentValue Result) Perform(ScriptAction action)
    {
        var instance = (action.Module is { } name ? _instances.GetValueOrDefault(name) : _current) ?? throw new DependsOnFailureException();
        var function = instance.GetFunc(null, action.Field) ?? throw new UnexpectedException($"no function {action.Field}");
        var arguments = action.Arguments.Zip(function.Type.Parameters, static (constant, parameter) =>
            ComponentConstant.Read(constant, parameter.Type));
        return (function, function.Call([.. arguments]));
    }

    private static void CheckResult(ScriptCommand command, (ComponentFunc Function, ComponentValue Value) actual)
    {
        var expected = command.Expected.ToList();
        var type = actual.Function.Type.Result;
        if (expected.Count != (type is null ? 0 : 1))
        {
            throw new UnexpectedException($"the function returns {type?.ToString() ?? "nothing"}, and {expected.Count} results are expected");
        }

        if (type is not null && !ComponentConstant.AreEqual(actual.Value, ComponentConstant.Read(expected[0], type), type))
        {
            throw new UnexpectedException($"the result is not {expected[0]}");
        }
    }

    // What is refused because it is not supported might be refused for the wrong reason.
    private static void Expect<T>(Action action)
        where T : Exception
    {
        try
        {
            action();
        }
        catch (T e) when (!e.Message.Contains("not supported", StringComparison.Ordinal))
        {
            return;
        }

        throw new UnexpectedException($"succeeded where {typeof(T).Name} is expected");
    }

    private sealed class DependsOnFailureException : Exception;

    private sealed class UnexpectedException(string message) : Exception(message);
}
