using System.Globalization;
using System.Text;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Sources.Http;

namespace Collector.Sources.Prometheus;

/// <summary>Holds an entry of <c>tables</c> against its table, and makes a map of it. All that is wrong is told at once.</summary>
internal sealed class TableMapReader
{
    private readonly TableMapOptions _options;
    private readonly Table _table;
    private readonly string _path;
    private readonly List<SetupFault> _faults;

    private TableMapReader(TableMapOptions options, Table table, string path, List<SetupFault> faults) =>
        (_options, _table, _path, _faults) = (options, table, path, faults);

    /// <param name="path">Where the entry stands: <c>tables[0]</c>.</param>
    /// <param name="faults">Takes what is wrong; what is returned counts only without.</param>
    public static TableMap? Read(TableMapOptions options, string path, SourceContext context, List<SetupFault> faults)
    {
        if (!context.Tables.TryGet(options.Table, out Table? table))
        {
            faults.Add(new SetupFault($"{path}.table", $"there is no table {options.Table}: the schema folder has no {options.Table}.sql"));
            return null;
        }

        var reader = new TableMapReader(options, table, path, faults);
        KeyMap[] keys = [.. table.Keys.Select(key => reader.Key(key, context))];
        reader.CheckKeys();
        Column[] targets = [.. options.Columns.Select((map, i) => reader.Target(map.Column, $"columns[{i}].column")).OfType<Column>().Distinct()];
        Constant[] constants = [.. options.Values.Select(value => reader.Constant(value.Key, value.Value)).OfType<Constant>()
            .OrderBy(constant => constant.Column.Type != ColumnType.Symbol)];
        reader.CheckColumns(targets, constants);
        return new TableMap(table, keys, targets, [.. options.Columns.Select(map => Map(map, targets))], constants);
    }

    private static ColumnMap Map(ColumnMapOptions map, Column[] targets) => new(
        Array.FindIndex(targets, target => NameComparer.Instance.Equals(target.Name, map.Column)), map.Metric, new LabelMatch(map.Labels), map.Scale);

    private KeyMap Key(Column key, SourceContext context)
    {
        if (_options.KeyLabels.TryGetValue(key.Name, out string? label))
        {
            return new KeyMap(null, label);
        }

        string? constant = _options.Keys.GetValueOrDefault(key.Name) ?? key.Name switch
        {
            "host" => context.Host,
            "env" => context.Env,
            _ => null,
        };
        if (constant is null)
        {
            Fault("keys", $"leaves out the key {key} of {_table}; give it here, or in key_labels");
        }

        return new KeyMap(constant ?? "", null);
    }

    private void CheckKeys()
    {
        foreach ((string name, string value) in _options.Keys)
        {
            CheckKey("keys", name);
            if (Encoding.UTF8.GetByteCount(value) > LineLimits.KeyBytes)
            {
                Fault($"keys.{name}", $"has more than {LineLimits.KeyBytes} bytes");
            }
        }

        foreach (string name in _options.KeyLabels.Keys)
        {
            CheckKey("key_labels", name);
            if (_options.Keys.ContainsKey(name))
            {
                Fault($"key_labels.{name}", "stands in keys as well; take one of them out");
            }
        }
    }

    private void CheckKey(string section, string name)
    {
        if (!Array.Exists(_table.Keys, key => key.Name == name))
        {
            Fault($"{section}.{name}", $"is no key of {_table}; its keys are {string.Join(", ", _table.Keys.AsEnumerable())}");
        }
    }

    private Column? Target(string name, string key)
    {
        if (Free(name, key) is not { } column)
        {
            return null;
        }

        if (column.Type is ColumnType.Symbol or ColumnType.Varchar)
        {
            Fault(key, $"{column} of {_table} holds text, and samples are numbers; values gives it one text for all rows");
            return null;
        }

        return column;
    }

    private Constant? Constant(string name, string text)
    {
        string key = $"values.{name}";
        if (Free(name, key) is not { } column)
        {
            return null;
        }

        switch (column.Type)
        {
            case ColumnType.Symbol or ColumnType.Varchar:
                return new Constant(column, line => line.Set(column, text));
            case ColumnType.Boolean when bool.TryParse(text, out bool flag):
                return new Constant(column, line => line.Set(column, flag));
            case ColumnType.Long when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) && whole != long.MinValue:
                return new Constant(column, line => line.Set(column, whole));
            case ColumnType.Double when SampleNumber.TryParse(Encoding.UTF8.GetBytes(text), out double number) && double.IsFinite(number):
                return new Constant(column, line => line.Set(column, number));
            default:
                Fault(key, $"\"{text}\" is no value for {column} of {_table}, which is {column.TypeName}");
                return null;
        }
    }

    /// <summary>A column that a map may fill.</summary>
    private Column? Free(string name, string key)
    {
        if (!_table.TryGetColumn(name, out Column? column))
        {
            Fault(key, $"the table {_table} has no column {name}; it has {string.Join(", ", _table.Columns.AsEnumerable())}");
        }
        else if (column.IsKey || column.IsDelta)
        {
            Fault(key, column.IsKey ? $"{column} is a key of {_table}; give it in keys or key_labels" : $"{column} comes by itself, from its counter");
            column = null;
        }

        return column;
    }

    private void CheckColumns(Column[] targets, Constant[] constants)
    {
        Column[] both = [.. constants.Select(constant => constant.Column).Intersect(targets)];
        Array.ForEach(both, column => Fault($"values.{column}", "is filled by columns as well; take one of them out"));
        foreach (Column column in _table.Columns.Except(targets).Except(constants.Select(constant => constant.Column)))
        {
            if (column.Type == ColumnType.Boolean)
            {
                Fault("values", $"leaves out {column} of {_table}, which every row has to give: BOOLEAN has no null; give it here, or fill it by columns");
            }
        }
    }

    private void Fault(string key, string problem) => _faults.Add(new SetupFault($"{_path}.{key}", problem));
}
