using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.Intrinsics;
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
    private const char NoResult = '-';

    private readonly MetadataBuilder _metadata;
    private readonly ModuleDefinition _module;
    private readonly Dictionary<string, AssemblyReferenceHandle> _assemblies = [];
    private readonly Dictionary<Type, TypeReferenceHandle> _types = [];
    private readonly Dictionary<VectorMethod, int> _vectorMethods = [];
    private readonly int[] _builtins = new int[BuiltinTable.All.Length];
    private readonly BlobHandle[] _functionSignatures;
    private readonly int[] _callSites;
    private int _vectorType;

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

    /// <summary>The token of a method on vectors.</summary>
    public int Token(VectorMethod method)
    {
        if (!_vectorMethods.TryGetValue(method, out var token))
        {
            var reference = _metadata.AddMemberReference(
                TypeReference(method.Type), _metadata.GetOrAddString(method.Name), _metadata.GetOrAddBlob(VectorSignature(method)));
            token = MetadataTokens.GetToken(method.IsGeneric ? Instantiate(reference, method.TypeArgument) : reference);
            _vectorMethods.Add(method, token);
        }

        return token;
    }

    /// <summary>The token of <c>Vector128&lt;byte&gt;</c>, for <c>ldobj</c> and <c>stobj</c>.</summary>
    public int VectorType
    {
        get
        {
            if (_vectorType == 0)
            {
                var blob = new BlobBuilder();
                WriteType(blob, CilTypes.Vector);
                _vectorType = MetadataTokens.GetToken(_metadata.AddTypeSpecification(_metadata.GetOrAddBlob(blob)));
            }

            return _vectorType;
        }
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

        if (token == _vectorType)
        {
            return "Vector128<byte>";
        }

        if (_vectorMethods.FirstOrDefault(m => m.Value == token).Key is { } method)
        {
            return method.ToString();
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

    /// <summary>Writes the type of a value in emitted code.</summary>
    public void WriteType(BlobBuilder blob, SignatureTypeCode type)
    {
        if (type == CilTypes.Vector)
        {
            WriteVector(blob, 'b');
        }
        else
        {
            blob.WriteByte((byte)type);
        }
    }

    private BlobBuilder VectorSignature(VectorMethod method)
    {
        var blob = new BlobBuilder();
        if (method.IsGeneric)
        {
            blob.WriteByte((byte)SignatureAttributes.Generic);
            blob.WriteCompressedInteger(1);
        }
        else
        {
            blob.WriteByte((byte)SignatureCallingConvention.Default);
        }

        blob.WriteCompressedInteger(method.ParameterCount);
        WriteVectorTypes(blob, method.Result.Length == 0 ? [NoResult] : method.Result);
        WriteVectorTypes(blob, method.Parameters);
        return blob;
    }

    private MethodSpecificationHandle Instantiate(MemberReferenceHandle method, char typeArgument)
    {
        var blob = new BlobBuilder();
        blob.WriteByte((byte)SignatureKind.MethodSpecification);
        blob.WriteCompressedInteger(1);
        blob.WriteByte((byte)Lane(typeArgument));
        return _metadata.AddMethodSpecification(method, _metadata.GetOrAddBlob(blob));
    }

    private void WriteVectorTypes(BlobBuilder blob, ReadOnlySpan<char> types)
    {
        for (var i = 0; i < types.Length; i++)
        {
            if (types[i] == '*')
            {
                i++;
                WriteVector(blob, types[i]);
            }
            else
            {
                WriteLane(blob, types[i]);
            }
        }
    }

    private void WriteVector(BlobBuilder blob, char lane)
    {
        blob.WriteByte((byte)SignatureTypeCode.GenericTypeInstance);
        blob.WriteByte((byte)SignatureTypeKind.ValueType);
        blob.WriteCompressedInteger(CodedIndex.TypeDefOrRefOrSpec(TypeReference(typeof(Vector128<>))));
        blob.WriteCompressedInteger(1);
        WriteLane(blob, lane);
    }

    private static void WriteLane(BlobBuilder blob, char lane)
    {
        if (lane == 'T')
        {
            blob.WriteByte((byte)SignatureTypeCode.GenericMethodParameter);
            blob.WriteCompressedInteger(0);
        }
        else
        {
            blob.WriteByte((byte)Lane(lane));
        }
    }

    private static SignatureTypeCode Lane(char letter) => letter switch
    {
        NoResult => SignatureTypeCode.Void,
        'z' => SignatureTypeCode.Boolean,
        'c' => SignatureTypeCode.SByte,
        'b' => SignatureTypeCode.Byte,
        's' => SignatureTypeCode.Int16,
        'w' => SignatureTypeCode.UInt16,
        'i' => SignatureTypeCode.Int32,
        'u' => SignatureTypeCode.UInt32,
        'I' => SignatureTypeCode.Int64,
        'U' => SignatureTypeCode.UInt64,
        'f' => SignatureTypeCode.Single,
        'F' => SignatureTypeCode.Double,
        _ => throw new InvalidOperationException($"no lane has the letter {letter}"),
    };

    private void WriteType(BlobBuilder blob, char? letter)
    {
        if (letter == 'v')
        {
            WriteType(blob, CilTypes.Vector);
            return;
        }

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
            'o' => SignatureTypeCode.Object,
            _ => throw new InvalidOperationException($"no type has the letter {letter}"),
        }));
    }

    private static char Letter(ValType type) => CilTypes.Of(type) switch
    {
        SignatureTypeCode.Int32 => 'i',
        SignatureTypeCode.Single => 'f',
        SignatureTypeCode.Double => 'F',
        CilTypes.Vector => 'v',
        _ => 'I',
    };
}
