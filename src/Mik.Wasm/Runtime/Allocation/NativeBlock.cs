using System.Runtime.InteropServices;

namespace Mik.Wasm.Runtime.Allocation;

/// <summary>Zero-filled native memory that emitted code reads by address. Owned by one store, freed exactly once.</summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    private nint _address;

    public NativeBlock(int length) => _address = (nint)NativeMemory.AllocZeroed((nuint)Math.Max(length, 8));

    public nint Address => _address;

    public ref long this[int offset] => ref *(long*)(_address + offset);

    public void Dispose()
    {
        NativeMemory.Free((void*)_address);
        _address = 0;
    }
}
