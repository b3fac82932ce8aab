using System.Diagnostics.Metrics;

namespace Mik.Server.Metrics;

/// <summary>
/// Listens to the instruments of <see cref="MetricCatalog"/> and keeps their numbers until somebody asks. Thread-safe.
/// </summary>
internal sealed class MetricCollector : IDisposable
{
    private readonly Dictionary<(string Meter, string Instrument), MetricFamily> _families;
    private readonly MeterListener _listener = new();
    private readonly Lock _collecting = new();
    private readonly object _scope;
    private readonly HashSet<MetricFamily> _observed = []; // guarded by itself: instruments may be published at any time

    /// <summary>Listens from now on.</summary>
    /// <param name="scope">Whose instruments: those of meters with this scope, and those of the whole process.</param>
    /// <param name="definitions">Which ones.</param>
    public MetricCollector(object scope, IEnumerable<MetricDefinition> definitions)
    {
        _scope = scope;
        Families = [.. definitions.Select(static definition => new MetricFamily(definition))];
        _families = Families.ToDictionary(static family => (family.Definition.Meter, family.Definition.Instrument));
        _listener.InstrumentPublished = OnPublished;
        _listener.SetMeasurementEventCallback<long>(static (instrument, value, tags, family) => ((MetricFamily)family!).Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>(static (instrument, value, tags, family) => ((MetricFamily)family!).Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>(static (instrument, value, tags, family) => ((MetricFamily)family!).Record(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>All metrics, in the order of their definitions.</summary>
    public IReadOnlyList<MetricFamily> Families { get; }

    /// <summary>Looks at everything that is only looked at when somebody asks, and writes all metrics as text.</summary>
    public byte[] Expose()
    {
        lock (_collecting)
        {
            lock (_observed)
            {
                foreach (var family in _observed)
                {
                    family.BeginObservation();
                }
            }

            _listener.RecordObservableInstruments();
            return PrometheusText.Write(Families);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void OnPublished(Instrument instrument, MeterListener listener)
    {
        if ((instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, _scope))
            && _families.TryGetValue((instrument.Meter.Name, instrument.Name), out var family))
        {
            if (instrument.IsObservable)
            {
                lock (_observed)
                {
                    _observed.Add(family);
                }
            }

            listener.EnableMeasurementEvents(instrument, family);
        }
    }
}
