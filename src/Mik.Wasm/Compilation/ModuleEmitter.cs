using System.Reflection;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;
using ModuleDefinition = Mik.Wasm.Binary.ModuleDefinition;

namespace Mik.Wasm.Compilation;

/// <summary>Turns a validated module into the bytes of a .NET assembly.</summary>
/// <remarks>
/// The assembly is called <c>Mik.Wasm.Emitted</c> and holds one static class <c>Guest</c> (and, in a module with very many functions,
/// more classes for those that do not fit; <c>addresses{k}</c> are always in <c>Guest</c>):
/// <list type="bullet">
/// <item><c>f{index}</c> per defined function: <c>static R f(nint context, parameters…)</c>; a result beyond the first goes to the
/// result area (<see cref="Runtime.ContextLayout.Results"/>). i32→int, i64→long, f32→float, f64→double, v128→Vector128&lt;byte&gt;,
/// references→long.</item>
/// <item><c>enter{t}</c> per distinct type: <c>static void (nint code, nint context, nint slots)</c> loads the parameters from 8-byte slots,
/// calls <c>code</c> and stores all results to the slots.</item>
/// <item><c>host{t}</c> per distinct type: a function of that type (<c>nint context</c> is the host function's context) that stores its
/// parameters to slots on its stack, calls <c>HostBuiltins.Invoke(context, slots)</c> and returns the slots' results.</item>
/// <item><c>addresses{k}(nint destination)</c>: together fill the array <see cref="EmittedModule.AddressCount"/> describes.</item>
/// </list>
/// </remarks>
internal static class ModuleEmitter
{
    /// <summary>Stands for the address 0 where a method token is expected.</summary>
    public const int NoMethod = 0;

    // An `addresses` method this long still compiles in about a millisecond.
    private const int AddressesPerMethod = 400;

    // The runtime keeps 256 KiB below the stack limit; frames above this are checked before they are entered.
    private const int MaxOrdinaryFrame = 16 * 1024;

    // Five bytes of input can declare 50,000 locals; this many in total are far beyond any program.
    private const long MaxLocals = 20_000_000;

    /// <param name="module">Decoded and validated.</param>
    /// <param name="explicitChecks">Compare every memory access with the memory's length instead of relying on guard pages.</param>
    /// <exception cref="ModuleValidationException">A function is larger than a .NET method can be.</exception>
    public static EmittedModule Emit(ModuleDefinition module, bool explicitChecks)
    {
        var scans = Scan(module);
        var guarded = StackGuardPlanner.Plan(module, scans);

        var assembly = new AssemblyWriter(module, seed: explicitChecks ? (byte)1 : (byte)0);
        var cil = new CilWriter();
        EmitFunctions(module, explicitChecks, scans, guarded, assembly, cil);

        var thunks = new ThunkCompiler(module, assembly.Refs, cil);
        var tokens = EmitThunks(module, thunks, assembly, cil);
        var addressMethods = EmitAddresses(tokens, thunks, assembly, cil);
        return new EmittedModule(assembly.ToImage(), addressMethods, tokens.Length);
    }

    /// <summary>See <see cref="EmittedModule.AddressCount"/>.</summary>
    public static int AddressCount(ModuleDefinition module) => module.ReferencedFunctions.Length + (2 * module.Types.Length);

    /// <summary>See <see cref="EmittedModule.AddressMethods"/>.</summary>
    public static int AddressMethods(int addressCount) => (addressCount + AddressesPerMethod - 1) / AddressesPerMethod;

    private static FunctionScan[] Scan(ModuleDefinition module)
    {
        var scans = new FunctionScan[module.Bodies.Length];
        var locals = 0L;
        for (var i = 0; i < scans.Length; i++)
        {
            scans[i] = FunctionScan.Of(module, module.Bodies[i], StackGuardPlanner.MaxUnguardedBytes);
            locals += scans[i].DeclaredLocals;
            if (locals > MaxLocals)
            {
                throw new ModuleValidationException(
                    $"the functions declare more than {MaxLocals} locals together", module.Bodies[i].Code.Start);
            }
        }

        return scans;
    }

    // Functions come first so that their rows in the method table follow from their indices.
    private static void EmitFunctions(
        ModuleDefinition module, bool explicitChecks, FunctionScan[] scans, bool[] guarded, AssemblyWriter assembly, CilWriter cil)
    {
        var compiler = new FunctionCompiler(module, new ContextLayout(module), assembly.Refs, cil, explicitChecks);
        var thunks = new ThunkCompiler(module, assembly.Refs, cil);
        var largeBodies = new List<PendingMethod>();
        for (var i = 0; i < scans.Length; i++)
        {
            var index = (uint)(module.ImportedFunctionCount + i);
            var type = module.FunctionType(index);
            var signature = assembly.Refs.FunctionSignature(module.FunctionTypeIndices[index]);
            var name = $"f{index}";
            try
            {
                compiler.Compile(index, scans[i], guarded[i]);
            }
            catch (CompilationLimitException limit)
            {
                throw new ModuleValidationException($"function {index}: {limit.Message}", module.Bodies[i].Code.Start);
            }

            var frame = EstimateFrame(cil, type.ParameterSlots);
            if (frame > MaxOrdinaryFrame)
            {
                // Not to be inlined into its front: the point is to look before its frame exists.
                var body = assembly.AddBody(cil);
                largeBodies.Add(new PendingMethod($"{name}_body", signature, body, MethodImplAttributes.IL | MethodImplAttributes.NoInlining));
                thunks.CompileFront(type, frame, EmittedRefs.Method(scans.Length + largeBodies.Count), scans[i].TailCalls);
            }

            assembly.AddMethod(name, signature, cil);
        }

        foreach (var body in largeBodies)
        {
            assembly.AddMethod(body);
        }
    }

    // Every local and parameter gets a home at worst; a quarter more for what the JIT adds.
    private static int EstimateFrame(CilWriter cil, int parameterSlots)
    {
        var bytes = 8 * parameterSlots;
        foreach (var local in cil.Locals)
        {
            bytes += CilTypes.Size(local);
        }

        return bytes + (bytes / 4);
    }

    private static int[] EmitThunks(ModuleDefinition module, ThunkCompiler thunks, AssemblyWriter assembly, CilWriter cil)
    {
        var referenced = module.ReferencedFunctions;
        var tokens = new int[AddressCount(module)];
        for (var i = 0; i < referenced.Length; i++)
        {
            tokens[i] = referenced[i] < module.ImportedFunctionCount ? NoMethod : assembly.Refs.Function(referenced[i]);
        }

        var enterSignature = assembly.Refs.MethodSignature("nnn", null);
        var firstUse = new Dictionary<FuncType, int>();
        for (var i = 0U; i < module.Types.Length; i++)
        {
            var next = referenced.Length + (2 * (int)i);
            if (!firstUse.TryAdd(module.Types[i], next))
            {
                // Three bytes of a module can repeat a type; the thunks are a kilobyte.
                var same = firstUse[module.Types[i]];
                tokens[next] = tokens[same];
                tokens[next + 1] = tokens[same + 1];
                continue;
            }

            thunks.CompileEnter(i);
            assembly.AddMethod($"enter{i}", enterSignature, cil);
            tokens[next] = EmittedRefs.Method(assembly.MethodCount);

            thunks.CompileHost(i);
            assembly.AddMethod($"host{i}", assembly.Refs.FunctionSignature(i), cil);
            tokens[next + 1] = EmittedRefs.Method(assembly.MethodCount);
        }

        return tokens;
    }

    private static int EmitAddresses(int[] tokens, ThunkCompiler thunks, AssemblyWriter assembly, CilWriter cil)
    {
        var signature = assembly.Refs.MethodSignature("n", null);
        var count = 0;
        assembly.KeepTogether((tokens.Length / AddressesPerMethod) + 1);
        for (var first = 0; first < tokens.Length; first += AddressesPerMethod)
        {
            thunks.CompileAddresses(first, tokens.AsSpan(first, Math.Min(AddressesPerMethod, tokens.Length - first)));
            assembly.AddMethod($"addresses{count}", signature, cil);
            count++;
        }

        return count;
    }
}

/// <summary>What the emitter made.</summary>
/// <param name="Image">The assembly's bytes.</param>
/// <param name="AddressMethods">How many <c>addresses{k}</c> methods there are; call all with the same destination.</param>
/// <param name="AddressCount">
/// Length of the destination in 8-byte entries: first one per entry of <see cref="ModuleDefinition.ReferencedFunctions"/> (its code,
/// 0 for an imported function), then per type of the module two: <c>enter{t}</c>, <c>host{t}</c>.
/// </param>
internal sealed record EmittedModule(byte[] Image, int AddressMethods, int AddressCount);
