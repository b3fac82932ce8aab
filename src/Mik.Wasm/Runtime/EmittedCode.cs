using System.Reflection;
using System.Runtime.Loader;
using Mik.Wasm.Compilation;
using ModuleDefinition = Mik.Wasm.Binary.ModuleDefinition;

namespace Mik.Wasm.Runtime;

/// <summary>A loaded assembly made by <see cref="ModuleEmitter"/> and the addresses of what the runtime calls in it.</summary>
internal sealed class EmittedCode
{
    // Held so that it is not finalized while the code is in use: unloading would begin, and methods compiled from then on could not be bound.
    private readonly AssemblyLoadContext? _context;

    private EmittedCode(Assembly assembly, nint[] addresses)
    {
        Assembly = assembly;
        Addresses = addresses;
        _context = AssemblyLoadContext.GetLoadContext(assembly);
    }

    public Assembly Assembly { get; }

    /// <summary>Laid out as <see cref="EmittedModule.AddressCount"/> says.</summary>
    public nint[] Addresses { get; }

    public static EmittedCode Load(EmittedModule module, string name, bool unloadable) =>
        Collect(new GuestLoadContext(name, unloadable).LoadFromStream(new MemoryStream(module.Image, writable: false)), module.AddressMethods, module.AddressCount);

    /// <summary>Loads an assembly with machine code from a file; <see langword="null"/> when it is not one that the emitter made for this module.</summary>
    public static EmittedCode? TryLoadFile(string file, ModuleDefinition definition, string name)
    {
        try
        {
            var count = ModuleEmitter.AddressCount(definition);
            return Collect(new GuestLoadContext(name, unloadable: false).LoadFromAssemblyPath(file), ModuleEmitter.AddressMethods(count), count);
        }
        catch (Exception problem) when (problem is BadImageFormatException or IOException or TypeLoadException or MissingMethodException)
        {
            return null;
        }
    }

    private static unsafe EmittedCode Collect(Assembly assembly, int methods, int count)
    {
        var guest = assembly.GetType("Guest", throwOnError: true)!;
        var addresses = new nint[count];
        fixed (nint* destination = addresses)
        {
            for (var i = 0; i < methods; i++)
            {
                // Safe because the emitter sized the destination for exactly these methods.
                var collect = (guest.GetMethod($"addresses{i}") ?? throw new MissingMethodException(guest.FullName, $"addresses{i}")).MethodHandle.GetFunctionPointer();
                ((delegate*<nint, void>)collect)((nint)destination);
            }
        }

        return new EmittedCode(assembly, addresses);
    }

    private sealed class GuestLoadContext(string name, bool unloadable) : AssemblyLoadContext(name, unloadable)
    {
        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name == typeof(Engine).Assembly.GetName().Name ? typeof(Engine).Assembly : null;
    }
}
