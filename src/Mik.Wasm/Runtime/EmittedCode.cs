using System.Reflection;
using System.Runtime.Loader;
using Mik.Wasm.Compilation;

namespace Mik.Wasm.Runtime;

/// <summary>A loaded assembly made by <see cref="ModuleEmitter"/> and the addresses of what the runtime calls in it.</summary>
internal sealed class EmittedCode
{
    private EmittedCode(Assembly assembly, nint[] addresses)
    {
        Assembly = assembly;
        Addresses = addresses;
    }

    public Assembly Assembly { get; }

    /// <summary>Laid out as <see cref="EmittedModule.AddressCount"/> says.</summary>
    public nint[] Addresses { get; }

    public static unsafe EmittedCode Load(EmittedModule module, string name, bool unloadable)
    {
        var context = new GuestLoadContext(name, unloadable);
        var assembly = context.LoadFromStream(new MemoryStream(module.Image, writable: false));
        var guest = assembly.GetType("Guest", throwOnError: true)!;
        var addresses = new nint[module.AddressCount];
        fixed (nint* destination = addresses)
        {
            for (var i = 0; i < module.AddressMethods; i++)
            {
                // Safe because the emitter sized the destination for exactly these methods.
                var collect = guest.GetMethod($"addresses{i}")!.MethodHandle.GetFunctionPointer();
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
