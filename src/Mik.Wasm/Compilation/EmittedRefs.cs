using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Mik.Wasm.Types;
using ModuleDefinition = Mik.Wasm.Binary.ModuleDefinition;

namespace Mik.Wasm.Compilation;

/// <summary>
/// Tokens of everything emitted code refers to: builtins, signatures and the module's own functions. References are added to
/// the metadata when first asked for.
/// </summary>
internal sealed class EmittedRefs
{
    private const int MethodDefinitionTable = 0x06000000;

    private readonly MetadataBuilder _metadata;
    private readonly ModuleDefinition _module;
    private readonly Dictionary<string, AssemblyReferenceHandle> _assemblies = [];
    private readonly Dictionary<Type, TypeReferenceHandle> _types = [];
    private readonly int[] _builtins = new int[BuiltinTable.All.Length];
    private readonly BlobHandle[] _functionSignatures;
    private readonly int[] _callSites;

    public EmittedRefs(MetadataBuilder metadata, ModuleDefinition module)
    {
        _metadata = metadata;
        _module = module;
        _functionSignatures = new BlobHandle[module.Types.Length];
        _callSites = new int[module.Types.Length];
    }

    /// <summary>The token of a builtin's method.</summary>
    public int Token(Builtin builtin)
    {
        ref var token = ref _builtins[(int)builtin];
        if (token == 0)
        {
            var method = BuiltinTable.Of(builtin);
            token = MetadataTokens.GetToken(
                _metadata.AddMemberReference(
                    TypeReference(method.Type),
                    _metadata.GetOrAddString(method.Name),
                    MethodSignature(method.Parameters, method.Result)));
        }

        return token;
    }

    /// <summary>The token of a defined function: functions come first in the method table, in order.</summary>
    public int Function(uint functionIndex) => Method((int)functionIndex - _module.ImportedFunctionCount + 1);

    public static int Method(int row) => MethodDefinitionTable | row;

    /// <summary>The token of a stand-alone signature for <c>calli</c> to a function of that type.</summary>
    public int CallSite(uint typeIndex)
    {
        ref var token = ref _callSites[typeIndex];
        if (token == 0)
        {
            token = MetadataTokens.GetToken(_metadata.AddStandaloneSignature(FunctionSignature(typeIndex)));
        }

        return token;
    }

    /// <summary>The signature of a function of that type: the context, then the parameters; the first result.</summary>
    public BlobHandle FunctionSignature(uint typeIndex)
    {
        ref var handle = ref _functionSignatures[typeIndex];
        if (handle.IsNil)
        {
            var type = _module.Types[typeIndex];
            Span<char> parameters = new char[type.Parameters.Length + 1];
            parameters[0] = 'n';
            for (var i = 0; i < type.Parameters.Length; i++)
            {
                parameters[i + 1] = Letter(type.Parameters[i]);
            }

            handle = MethodSignature(parameters, type.Results.Length == 0 ? null : Letter(type.Results[0]));
        }

        return handle;
    }

    /// <summary>A static method's signature in the letters of <see cref="BuiltinMethod"/>.</summary>
    public BlobHandle MethodSignature(ReadOnlySpan<char> parameters, char? result)
    {
        var blob = new BlobBuilder();
        blob.WriteByte((byte)SignatureCallingConvention.Default);
        blob.WriteCompressedInteger(parameters.Length);
        WriteType(blob, result);
        foreach (var parameter in parameters)
        {
            WriteType(blob, parameter);
        }

        return _metadata.GetOrAddBlob(blob);
    }

    /// <summary>Names a token for a listing.</summary>
    public string Describe(int token)
    {
        if ((token & ~0xFFFFFF) == MethodDefinitionTable)
        {
            return $"f{(token & 0xFFFFFF) + _module.ImportedFunctionCount - 1}";
        }

        var builtin = Array.IndexOf(_builtins, token);
        return builtin >= 0 ? ((Builtin)builtin).ToString() : _module.Types[Array.IndexOf(_callSites, token)].ToString();
    }

    public TypeReferenceHandle TypeReference(Type type)
    {
        if (!_types.TryGetValue(type, out var handle))
        {
            handle = _metadata.AddTypeReference(
                AssemblyReference(type.Assembly.GetName()),
                _metadata.GetOrAddString(type.Namespace ?? ""),
                _metadata.GetOrAddString(type.Name));
            _types.Add(type, handle);
        }

        return handle;
    }

    private AssemblyReferenceHandle AssemblyReference(AssemblyName name)
    {
        if (!_assemblies.TryGetValue(name.Name!, out var handle))
        {
            var token = name.GetPublicKeyToken() ?? [];
            handle = _metadata.AddAssemblyReference(
                _metadata.GetOrAddString(name.Name!),
                name.Version ?? new Version(0, 0, 0, 0),
                culture: default,
                token.Length == 0 ? default : _metadata.GetOrAddBlob(token),
                flags: default,
                hashValue: default);
            _assemblies.Add(name.Name!, handle);
        }

        return handle;
    }

    private void WriteType(BlobBuilder blob, char? letter)
    {
        if (letter == 'x')
        {
            blob.WriteByte((byte)SignatureTypeKind.Class);
            blob.WriteCompressedInteger(CodedIndex.TypeDefOrRefOrSpec(TypeReference(typeof(Exception))));
            return;
        }

        blob.WriteByte((byte)(letter switch
        {
            null => SignatureTypeCode.Void,
            'n' => SignatureTypeCode.IntPtr,
            'i' => SignatureTypeCode.Int32,
            'u' => SignatureTypeCode.UInt32,
            'I' => SignatureTypeCode.Int64,
            'U' => SignatureTypeCode.UInt64,
            'f' => SignatureTypeCode.Single,
            'F' => SignatureTypeCode.Double,
            _ => throw new InvalidOperationException($"no type has the letter {letter}"),
        }));
    }

    private static char Letter(ValType type) => CilTypes.Of(type) switch
    {
        SignatureTypeCode.Int32 => 'i',
        SignatureTypeCode.Single => 'f',
        SignatureTypeCode.Double => 'F',
        _ => 'I',
    };
}
