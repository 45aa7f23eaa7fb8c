namespace Collector.Settings;

/// <summary>Collects faults instead of stopping at the first, so that one start names them all.</summary>
public sealed class FaultList
{
    private readonly string _file;
    private readonly List<ConfigFault> _faults;

    public FaultList(string file)
    {
        _file = file;
        _faults = [];
    }

    private FaultList(FaultList other)
    {
        _file = other._file;
        _faults = [.. other._faults];
    }

    public int Count => _faults.Count;

    public FaultList Copy() => new(this);

    public void Add(Origin at, string path, string message) => _faults.Add(at.Variable is { } variable
        ? new ConfigFault(variable, 0, 0, path, message)
        : new ConfigFault(_file, at.Line, at.Column, path, message));

    /// <summary>The file as a whole first, then line by line, then the variables by name.</summary>
    public IReadOnlyList<ConfigFault> InOrder() =>
    [
        .. _faults
            .OrderBy(fault => fault.Line > 0 ? 1 : string.Equals(fault.File, _file, StringComparison.Ordinal) ? 0 : 2)
            .ThenBy(fault => fault.Line)
            .ThenBy(fault => fault.Column)
            .ThenBy(fault => fault.File, StringComparer.Ordinal),
    ];
}
