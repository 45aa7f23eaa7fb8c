using System.Text;
using System.Text.Unicode;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Capabilities.Gateway.Influx;

/// <summary>
/// Names of InfluxDB as names of QuestDB. InfluxDB takes nearly every character in a name: those that a table or a column
/// cannot have become <c>_</c>, and a column called as the designated timestamp (<c>timestamp</c>, which every table that
/// the gateway makes has) gets one behind it. Names that were met are kept, so that a name costs its work once.
/// </summary>
internal sealed class InfluxNames(bool ofTables)
{
    private const string Time = "timestamp";

    /// <summary>Bytes of names that are kept.</summary>
    private const int Room = 64 * 1024;

    private readonly Dictionary<byte[], InfluxName> _names = new(ByteKeys.Instance);
    private readonly Dictionary<string, InfluxSeat> _seats = new(NameComparer.Instance);
    private int _bytes;

    /// <summary>True when it is time to forget the names, which is done between two lines.</summary>
    public bool IsFull => _bytes > Room;

    public void Clear()
    {
        _names.Clear();
        _seats.Clear();
        _bytes = 0;
    }

    /// <param name="given">The name within a line, its escapes included.</param>
    public InfluxName Find(ReadOnlySpan<byte> given)
    {
        if (_names.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(given, out InfluxName? found))
        {
            return found;
        }

        InfluxName name = Make(given[..Math.Min(given.Length, ForeignText.NameBytes)]);
        if (name.Given.Length == given.Length)
        {
            _names.Add(name.Given, name);
            _bytes += given.Length;
        }

        return name;
    }

    private InfluxName Make(ReadOnlySpan<byte> given)
    {
        Span<byte> plain = stackalloc byte[given.Length];
        plain = plain[..InfluxText.Unescape(given, plain, equals: !ofTables)];
        string foreign = Encoding.UTF8.GetString(plain);
        string name = ofTables ? Table(foreign) : Column(foreign);
        string? problem = Utf8.IsValid(plain) ? (ofTables ? Names.TableProblem(name) : Names.ColumnProblem(name)) : "it is not valid UTF-8";
        if (problem is not null)
        {
            return new InfluxName(given.ToArray(), name, [], new InfluxSeat(), $"{ForeignText.Show(foreign)} cannot name a {(ofTables ? "table" : "column")}: {problem}");
        }

        if (!_seats.TryGetValue(name, out InfluxSeat? seat))
        {
            _seats.Add(name, seat = new InfluxSeat());
        }

        return new InfluxName(given.ToArray(), name, LineText.EscapedName(name), seat, null);
    }

    private static string Column(string foreign)
    {
        string name = string.Create(foreign.Length, foreign, (to, from) =>
        {
            for (int i = 0; i < from.Length; i++)
            {
                to[i] = Names.FitsColumn(from[i]) ? from[i] : '_';
            }
        });
        return name.Equals(Time, StringComparison.OrdinalIgnoreCase) ? name + '_' : name;
    }

    /// <summary>A table's name neither begins nor ends with a dot or a space, and has no two dots in a row.</summary>
    private static string Table(string foreign) => string.Create(foreign.Length, foreign, (to, from) =>
    {
        for (int i = 0; i < from.Length; i++)
        {
            bool isAtEnd = i == 0 || i == from.Length - 1;
            bool fits = from[i] switch
            {
                '.' => !isAtEnd && from[i - 1] != '.',
                ' ' => !isAtEnd,
                _ => Names.FitsTable(from[i]),
            };
            to[i] = fits ? from[i] : '_';
        }
    });
}
