using Mik.Wasm.Runtime.Allocation;
using Mik.Wasm.Types;

namespace Mik.Wasm.Runtime;

/// <summary>A table of references. A reference is a 64-bit slot; 0 is null.</summary>
// spec: syntax-tableinst
public sealed unsafe class Table : Extern
{
    private const int ElementBytes = 8;

    private readonly TableType _type;
    private readonly NativeBlock _record;
    private NativeBlock _elements;
    private int _capacity;

    private Table(Store store, TableType type)
        : base(store)
    {
        _type = type;
        _record = store.CreateBlock(16);
        _capacity = (int)type.Limits.Min;
        _elements = store.CreateBlock(ElementBytes * _capacity);
        Publish((int)type.Limits.Min);
    }

    /// <inheritdoc/>
    public override ExternType ExternType => _type with { Limits = new Limits((ulong)Length, _type.Limits.Max) };

    /// <summary>Current length in elements.</summary>
    public long Length => _record[ContextLayout.TableRecordLength];

    internal nint RecordAddress => _record.Address;

    /// <summary>All elements, as emitted code sees them.</summary>
    internal Span<long> Elements => new((void*)_elements.Address, (int)Length);

    /// <summary>Creates a table that guests of <paramref name="store"/> can import.</summary>
    /// <exception cref="TrapException">Its minimum is above what is left of the store's limit; <see cref="Store.MemoryLimitHit"/> is then set.</exception>
    public static Table Create(Store store, TableType type)
    {
        if (!store.TryTakeTableElements(type.Limits.Min))
        {
            throw new TrapException(
                TrapCode.HostRefused,
                $"a table of {type.Limits.Min} elements is above what is left of the limit of {store.Limits.MaxTableElements}");
        }

        return store.TryTakeFromOwner(ElementBytes * (long)type.Limits.Min)
            ? new Table(store, type)
            : throw new TrapException(TrapCode.HostRefused, $"a table of {type.Limits.Min} elements is above what is left to the store's owner");
    }

    /// <summary>Reads an element of a funcref table; <see langword="null"/> for a null element.</summary>
    /// <exception cref="TrapException">The index is not below <see cref="Length"/>.</exception>
    public Func? GetFunc(uint index)
    {
        var elements = Elements;
        return index < elements.Length
            ? FuncRef.ToFunc((nint)elements[(int)index])
            : throw new TrapException(TrapCode.TableOutOfBounds);
    }

    // spec: exec-table.grow
    internal long Grow(long value, ulong count)
    {
        var old = (int)Length;
        if (count > (_type.Limits.Max ?? ulong.MaxValue) - (ulong)old || !Store.TryTakeTableElements(count))
        {
            return -1;
        }

        var wanted = (ulong)old + count;
        if ((int)wanted > _capacity)
        {
            // Outgrown blocks live until the store ends; doubling keeps their sum below the last one's size.
            var capacity = (int)Math.Min(Math.Max(2L * old, (long)wanted), Store.Limits.MaxTableElements);
            if (!Store.TryTakeFromOwner(ElementBytes * (long)capacity))
            {
                Store.ReturnTableElements((long)count);
                return -1;
            }

            _capacity = capacity;
            var grown = Store.CreateBlock(ElementBytes * _capacity);
            Elements.CopyTo(new Span<long>((void*)grown.Address, old));
            _elements = grown;
        }

        Publish((int)wanted);
        Elements[old..].Fill(value);
        return old;
    }

    /// <summary>A range of elements.</summary>
    /// <exception cref="TrapException">The range does not lie in the table.</exception>
    internal Span<long> Slice(ulong start, ulong length) =>
        length <= (ulong)Length && start <= (ulong)Length - length
            ? Elements.Slice((int)start, (int)length)
            : throw new TrapException(TrapCode.TableOutOfBounds);

    /// <summary>Sets size and content back.</summary>
    /// <param name="saved">All elements as <see cref="SavedReference"/> has them.</param>
    /// <param name="funcRefs">Where the instance has its references.</param>
    internal void Reset(ReadOnlySpan<long> saved, nint funcRefs)
    {
        Resize(saved.Length);
        var elements = Elements;
        if (!_type.Element.IsFunctionReference())
        {
            saved.CopyTo(elements);
        }
        else
        {
            for (var i = 0; i < saved.Length; i++)
            {
                elements[i] = SavedReference.ToFunction(saved[i], funcRefs);
            }
        }
    }

    /// <summary>Sets size and content back to what this very table had.</summary>
    internal void Reset(ReadOnlySpan<long> elements)
    {
        Resize(elements.Length);
        elements.CopyTo(Elements);
    }

    private void Resize(int length)
    {
        Store.ReturnTableElements(Length);
        if (!Store.TryTakeTableElements((ulong)length) || (length > _capacity && !Store.TryTakeFromOwner(ElementBytes * (long)length)))
        {
            throw new TrapException(TrapCode.HostRefused, $"a table set back to {length} elements is above what is left of a limit");
        }

        if (length > _capacity)
        {
            _capacity = length;
            _elements = Store.CreateBlock(ElementBytes * _capacity);
        }

        Publish(length);
    }

    private void Publish(int length)
    {
        _record[ContextLayout.TableRecordElements] = _elements.Address;
        _record[ContextLayout.TableRecordLength] = length;
    }
}
