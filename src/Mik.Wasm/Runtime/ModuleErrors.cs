namespace Mik.Wasm.Runtime;

/// <summary>Base of the errors a module can have before any of its code runs.</summary>
public abstract class ModuleException : Exception
{
    private protected ModuleException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>The bytes are not a WebAssembly module: malformed in the specification's words.</summary>
public sealed class ModuleFormatException : ModuleException
{
    /// <summary>Reports malformed bytes.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="offset">Where, in bytes from the start of the module.</param>
    public ModuleFormatException(string message, int offset)
        : base($"{message} (at byte 0x{offset:x})") => Offset = offset;

    /// <summary>Where the defect is, in bytes from the start of the module.</summary>
    public int Offset { get; }
}

/// <summary>The module is well-formed but breaks a typing rule: invalid in the specification's words.</summary>
public sealed class ModuleValidationException : ModuleException
{
    /// <summary>Reports an invalid module.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="offset">Where, in bytes from the start of the module.</param>
    public ModuleValidationException(string message, int offset)
        : base($"{message} (at byte 0x{offset:x})") => Offset = offset;

    /// <summary>Where the defect is, in bytes from the start of the module.</summary>
    public int Offset { get; }
}

/// <summary>An import is missing or has another type: unlinkable in the specification's words.</summary>
public sealed class LinkException(string message) : ModuleException(message);
