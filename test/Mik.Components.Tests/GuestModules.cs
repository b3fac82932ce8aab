namespace Mik.Components.Tests;

/// <summary>Core modules that the tests wrap as components.</summary>
internal static class GuestModules
{
    private const byte I32 = WasmModuleBuilder.I32;

    /// <summary>
    /// Exports memory <c>mem</c>, a bump allocator <c>realloc</c> that shrinks in place and
    /// does not copy when it grows, and <c>echo</c>, which returns the pair it is
    /// given through memory, as functions that take and return a string or list do.
    /// </summary>
    public static byte[] Echo() => AddAllocator(new WasmModuleBuilder()).Build();

    /// <summary>
    /// As <see cref="Echo"/>, importing <c>host</c>.<c>f: (i32 i32)</c>, and exporting <c>run: (i32 i32)</c>, which calls it.
    /// </summary>
    public static byte[] Forward()
    {
        var module = new WasmModuleBuilder();
        var pair = module.Type([I32, I32], []);
        var import = module.ImportFunction("host", "f", pair);
        AddAllocator(module);
        module.Function(pair, [0x20, 0, 0x20, 1, 0x10, (byte)import], "run");
        return module.Build();
    }

    public static WasmModuleBuilder AddAllocator(WasmModuleBuilder module)
    {
        var realloc = module.Type([I32, I32, I32, I32], [I32]);
        var echo = module.Type([I32, I32], [I32]);
        module.Memory(2, null, "mem");
        module.Global(I32, isMutable: true, [0x41, .. WasmModuleBuilder.SignedLeb(1024)]);

        // old size >= size ? old : (next + align - 1) & -align; next = that + size
        module.Function(
            realloc,
            [
                0x20, 1, 0x20, 3, 0x4F, 0x04, 0x40, 0x20, 0, 0x0F, 0x0B,
                0x23, 0, 0x20, 2, 0x6A, 0x41, 1, 0x6B, 0x41, 0, 0x20, 2, 0x6B, 0x71, 0x22, 4, 0x20, 3, 0x6A, 0x24, 0, 0x20, 4,
            ],
            "realloc",
            null,
            I32);
        module.Function(
            echo, [0x41, 16, 0x20, 0, 0x36, 2, 0, 0x41, 16, 0x20, 1, 0x36, 2, 4, 0x41, 16], "echo");
        return module;
    }
}
