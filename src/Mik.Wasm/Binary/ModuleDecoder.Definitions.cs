using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Wasm.Binary;

internal sealed partial class ModuleDecoder
{
    // spec: binary-elemsec
    private void ReadElements(ref ByteCursor section)
    {
        var segments = new ElementSegment[section.ReadCount("element segments", ImplementationLimits.ElementSegments, leastItemSize: 2)];
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = ReadElement(ref section);
        }

        _module.Elements = segments;
    }

    // The eight forms are three independent bits; only the active form without a table index leaves the element type out.
    private ElementSegment ReadElement(ref ByteCursor section)
    {
        const uint NotActive = 1;
        const uint TableOrDeclarative = 2;
        const uint Expressions = 4;
        var offset = section.Position;
        var flags = section.ReadU32();
        if (flags > (NotActive | TableOrDeclarative | Expressions))
        {
            throw new ModuleFormatException("malformed elements segment kind", offset);
        }

        var mode = (flags & (NotActive | TableOrDeclarative)) switch
        {
            NotActive => SegmentMode.Passive,
            NotActive | TableOrDeclarative => SegmentMode.Declarative,
            _ => SegmentMode.Active,
        };
        var namesTable = mode == SegmentMode.Active && (flags & TableOrDeclarative) != 0;
        var table = namesTable ? section.ReadU32() : 0;
        var start = mode == SegmentMode.Active ? ReadConstantExpression(ref section) : default;
        var hasType = mode != SegmentMode.Active || namesTable;
        if ((flags & Expressions) == 0)
        {
            if (hasType)
            {
                ReadElementKind(ref section);
            }

            var functions = new uint[section.ReadCount("segment items", ImplementationLimits.SegmentItems)];
            foreach (ref var function in functions.AsSpan())
            {
                function = section.ReadU32();
            }

            return new ElementSegment(mode, ValType.FuncRef.WithoutNull(), table, start, functions, Expressions: null);
        }

        var type = hasType ? section.ReadReferenceType(_module) : ValType.FuncRef;
        var expressions = new ConstantExpression[section.ReadCount("segment items", ImplementationLimits.SegmentItems)];
        foreach (ref var expression in expressions.AsSpan())
        {
            expression = ReadConstantExpression(ref section);
        }

        return new ElementSegment(mode, type, table, start, FunctionIndices: null, expressions);
    }

    // spec: binary-elemkind
    private static void ReadElementKind(ref ByteCursor section)
    {
        var offset = section.Position;
        if (section.ReadByte() != 0)
        {
            throw new ModuleFormatException("malformed element kind", offset);
        }
    }

    // spec: binary-datasec
    private void ReadData(ref ByteCursor section)
    {
        var segments = new DataSegment[section.ReadCount("data segments", ImplementationLimits.DataSegments, leastItemSize: 2)];
        for (var i = 0; i < segments.Length; i++)
        {
            var offset = section.Position;
            var flags = section.ReadU32();
            if (flags > 2)
            {
                throw new ModuleFormatException("malformed data segment kind", offset);
            }

            var mode = flags == 1 ? SegmentMode.Passive : SegmentMode.Active;
            var memory = flags == 2 ? section.ReadU32() : 0;
            var start = mode == SegmentMode.Active ? ReadConstantExpression(ref section) : default;
            segments[i] = new DataSegment(mode, memory, start, section.ReadRange(section.ReadU32()));
        }

        _module.Data = segments;
    }

    // spec: binary-codesec
    private void ReadBodies(ref ByteCursor section, ReadOnlySpan<byte> bytes)
    {
        var bodies = new FunctionBody[section.ReadCount("function bodies", ImplementationLimits.Functions, leastItemSize: 2)];
        for (var i = 0; i < bodies.Length; i++)
        {
            var offset = section.Position;
            var range = section.ReadRange(section.ReadU32());
            if (range.Length > ImplementationLimits.BodyBytes)
            {
                throw new ModuleValidationException(
                    $"function body of {range.Length} bytes, the limit is {ImplementationLimits.BodyBytes}", offset);
            }

            var body = new ByteCursor(bytes, range);
            var locals = ReadLocals(ref body);
            bodies[i] = new FunctionBody(new ByteRange(body.Position, body.Remaining), locals);
        }

        _module.Bodies = bodies;
    }

    // spec: binary-local
    private LocalRun[] ReadLocals(ref ByteCursor body)
    {
        var runs = new LocalRun[body.ReadCount("local declarations", ImplementationLimits.Locals, leastItemSize: 2)];
        ulong total = 0;
        for (var i = 0; i < runs.Length; i++)
        {
            var offset = body.Position;
            var count = body.ReadU32();
            total += count;
            if (total > ImplementationLimits.Locals)
            {
                throw total > uint.MaxValue
                    ? new ModuleFormatException("too many locals", offset)
                    : new ModuleValidationException($"too many locals: the limit is {ImplementationLimits.Locals}", offset);
            }

            runs[i] = new LocalRun(count, body.ReadValueType(_module));
        }

        return runs;
    }

    // spec: binary-expr. Which instructions are constant is the validator's question; here only the end matters.
    private ConstantExpression ReadConstantExpression(ref ByteCursor section)
    {
        var reader = new InstructionReader(_module, new ByteRange(section.Position, section.Remaining));
        var depth = 1;
        while (depth > 0)
        {
            depth += reader.Read().Opcode switch
            {
                Opcode.Block or Opcode.Loop or Opcode.If or Opcode.TryTable => 1,
                Opcode.End => -1,
                _ => 0,
            };
        }

        return new ConstantExpression(section.ReadRange((uint)(reader.Position - section.Position)));
    }
}
