namespace Mik.Server.Configuration.Toml;

/// <summary>
/// A string (<see cref="string"/>), integer (<see cref="long"/>), float (<see cref="double"/>), boolean (<see cref="bool"/>),
/// offset date-time (<see cref="DateTimeOffset"/>), local date-time (<see cref="DateTime"/>), local date (<see cref="DateOnly"/>)
/// or local time (<see cref="TimeOnly"/>).
/// </summary>
internal sealed class TomlScalar(object value, TomlPosition position) : TomlValue(position)
{
    public object Value { get; } = value;

    public override string Description => Value switch
    {
        string => "a string",
        long => "an integer",
        double => "a float",
        bool => "a boolean",
        DateOnly => "a date",
        TimeOnly => "a time",
        _ => "a date-time",
    };
}
