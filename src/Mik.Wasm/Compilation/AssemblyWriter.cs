using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using ModuleDefinition = Mik.Wasm.Binary.ModuleDefinition;

namespace Mik.Wasm.Compilation;

/// <summary>Collects method bodies into a .NET assembly. The same input always gives the same bytes.</summary>
internal sealed class AssemblyWriter
{
    private const string AssemblyName = "Mik.Wasm.Emitted";
    private const string TypeName = "Guest";
    private const byte LocalSignature = 0x07;

    // The runtime refuses types with more than 65,535 methods.
    private const int MaxMethodsPerType = 50_000;

    private readonly MetadataBuilder _metadata = new();
    private readonly BlobBuilder _il = new(64 * 1024);
    private readonly MethodBodyStreamEncoder _bodies;
    private readonly BlobBuilder _localSignature = new();
    private readonly Dictionary<BlobHandle, StandaloneSignatureHandle> _localSignatures = [];
    private readonly BlobContentId _contentId;
    private readonly List<int> _firstRows = [1];

    /// <param name="module">Where function types come from.</param>
    /// <param name="seed">Whatever else decides the content; becomes part of the assembly's identity.</param>
    public AssemblyWriter(ModuleDefinition module, byte seed)
    {
        _bodies = new MethodBodyStreamEncoder(_il);
        Refs = new EmittedRefs(_metadata, module);
        _contentId = ContentId(module, seed);

        _metadata.AddModule(0, _metadata.GetOrAddString(AssemblyName + ".dll"), _metadata.GetOrAddGuid(_contentId.Guid), default, default);
        _metadata.AddAssembly(
            _metadata.GetOrAddString(AssemblyName), new Version(1, 0, 0, 0), default, default, default, AssemblyHashAlgorithm.None);
    }

    public EmittedRefs Refs { get; }

    /// <summary>Methods added so far; the next one's row is one more.</summary>
    public int MethodCount { get; private set; }

    /// <summary>Adds a method that consists of what was just written.</summary>
    public void AddMethod(string name, BlobHandle signature, CilWriter cil) =>
        AddMethod(new PendingMethod(name, signature, AddBody(cil), MethodImplAttributes.IL));

    public void AddMethod(PendingMethod method)
    {
        KeepTogether(1);
        _metadata.AddMethodDefinition(
            MethodAttributes.Public | MethodAttributes.Static | MethodAttributes.HideBySig,
            method.Implementation,
            _metadata.GetOrAddString(method.Name),
            method.Signature,
            method.BodyOffset,
            MetadataTokens.ParameterHandle(1));
        MethodCount++;
    }

    /// <summary>
    /// Makes the next methods members of one class. The class of the last method is called <c>Guest</c>; when there are too many
    /// methods for one, the classes before it are <c>Guest0</c>, <c>Guest1</c> and so on.
    /// </summary>
    public void KeepTogether(int methods)
    {
        if (MethodCount + 1 + methods - _firstRows[^1] > MaxMethodsPerType)
        {
            _firstRows.Add(MethodCount + 1);
        }
    }

    /// <summary>Stores a body whose method is added later, with <see cref="AddMethod(PendingMethod)"/>.</summary>
    public int AddBody(CilWriter cil)
    {
        cil.Finish();
        var body = _bodies.AddMethodBody(
            cil.Length,
            cil.MaxStack,
            cil.Regions.Count,
            hasSmallExceptionRegions: cil.Regions.Count == 0,
            LocalSignatureOf(cil.Locals),
            MethodBodyAttributes.InitLocals);
        var writer = new BlobWriter(body.Instructions);
        cil.CopyTo(ref writer);
        foreach (var region in cil.Regions)
        {
            body.ExceptionRegions.AddFilter(
                region.Start, region.Filter - region.Start, region.Handler, region.End - region.Handler, region.Filter);
        }

        return body.Offset;
    }

    public byte[] ToImage()
    {
        AddTypes();
        var builder = new ManagedPEBuilder(
            new PEHeaderBuilder(imageCharacteristics: Characteristics.Dll | Characteristics.ExecutableImage),
            new MetadataRootBuilder(_metadata),
            _il,
            flags: CorFlags.ILOnly,
            deterministicIdProvider: _ => _contentId);
        var image = new BlobBuilder();
        builder.Serialize(image);
        return image.ToArray();
    }

    // A class owns the methods from its first row up to the next class's.
    private void AddTypes()
    {
        var firstField = MetadataTokens.FieldDefinitionHandle(1);
        _metadata.AddTypeDefinition(
            default, default, _metadata.GetOrAddString("<Module>"), default, firstField, MetadataTokens.MethodDefinitionHandle(1));
        for (var i = 0; i < _firstRows.Count; i++)
        {
            _metadata.AddTypeDefinition(
                TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed,
                @namespace: default,
                _metadata.GetOrAddString(i == _firstRows.Count - 1 ? TypeName : $"{TypeName}{i}"),
                Refs.TypeReference(typeof(object)),
                firstField,
                MetadataTokens.MethodDefinitionHandle(_firstRows[i]));
        }
    }

    private StandaloneSignatureHandle LocalSignatureOf(IReadOnlyList<SignatureTypeCode> locals)
    {
        if (locals.Count == 0)
        {
            return default;
        }

        _localSignature.Clear();
        _localSignature.WriteByte(LocalSignature);
        _localSignature.WriteCompressedInteger(locals.Count);
        for (var i = 0; i < locals.Count; i++)
        {
            Refs.WriteType(_localSignature, locals[i]);
        }

        var blob = _metadata.GetOrAddBlob(_localSignature);
        if (!_localSignatures.TryGetValue(blob, out var handle))
        {
            handle = _metadata.AddStandaloneSignature(blob);
            _localSignatures.Add(blob, handle);
        }

        return handle;
    }

    private static BlobContentId ContentId(ModuleDefinition module, byte seed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(module.Bytes.Span);
        hash.AppendData([seed]);
        return BlobContentId.FromHash(hash.GetHashAndReset());
    }
}

/// <summary>A method whose body is stored but which is not in the method table yet.</summary>
internal readonly record struct PendingMethod(string Name, BlobHandle Signature, int BodyOffset, MethodImplAttributes Implementation);
