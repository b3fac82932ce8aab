namespace Mik.Components.Tests;

/// <summary>A component that exports <c>echo</c>, which returns the string or list it is given.</summary>
internal static class EchoComponent
{
    /// <param name="type">Encoded type of parameter and result: a primitive, or index 0 where <paramref name="definition"/> is.</param>
    /// <param name="definition">A type definition.</param>
    public static byte[] Bytes(byte type, params byte[] definition) => new ComponentBytes()
        .Types(definition.Length == 0 ? [0x79] : definition, ComponentBytes.FuncType([("it", [type])], [type]))
        .CoreModule(GuestModules.Echo())
        .CoreInstantiate(0)
        .AliasCore(2, 0, "mem")
        .AliasCore(0, 0, "realloc")
        .AliasCore(0, 0, "echo")
        .Lift(1, 1, [0x03, 0], [0x04, 0])
        .Export("echo", 0x01, 0)
        .Build();
}
